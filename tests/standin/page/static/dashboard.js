// A dashboard of an installed app, drawn by Splunk's own packages, which are loaded when first needed.
import { element, failure, loading, show } from './dom.js';
import { readView } from './splunkd.js';

let bundle = null;

export async function dashboardView(main, { app, view, title, signal, parameters, remember }) {
  show(main, loading('Loading the dashboard'));
  try {
    const [{ label, definition }, render] = await Promise.all([readView(app, view), loadBundle()]);
    if (signal.aborted) return;
    title(label);
    const canvas = element('div', { class: 'dashboard', 'data-view': view });
    show(main, canvas);
    const onTokens = (tokens) => signal.aborted || remember(formOf(tokens));
    const unmount = render(canvas, { app, definition, tokens: tokensOf(parameters), onTokens, onProblem: reportProblem });
    signal.addEventListener('abort', unmount);
  } catch (problem) {
    if (!signal.aborted) show(main, failure(`The dashboard ${view} cannot be shown: ${problem.message}`));
  }
}

// Tokens stand in the address as in Splunk Web: ?form.time.earliest=-1h&form.cluster=prod
function tokensOf(parameters) {
  const given = [...parameters].filter(([name]) => name.startsWith('form.'));
  return Object.fromEntries(given.map(([name, value]) => [name.slice('form.'.length), value]));
}

function formOf(tokens) {
  const texts = Object.entries(tokens).filter(([, value]) => typeof value === 'string');
  return Object.fromEntries(texts.map(([name, value]) => [`form.${name}`, value]));
}

const reportProblem = (problems) => console.error('dashboard definition', JSON.stringify(problems));

function loadBundle() {
  bundle ??= loadScript().catch((problem) => {
    bundle = null;
    throw problem;
  });
  return bundle;
}

async function loadScript() {
  const state = await fetch('/static/state.json').then((answer) => (answer.ok ? answer.json() : null));
  if (!state?.bundle) throw new Error(state?.reason ?? 'its renderer was not built (make page)');
  setSplunkGlobals();
  document.head.append(element('link', { rel: 'stylesheet', href: '/static/bundle.css' }));
  await new Promise((resolve, reject) => {
    const failed = () => reject(new Error('its renderer could not be loaded'));
    document.head.append(element('script', { src: '/static/bundle.js', onload: resolve, onerror: failed }));
  });
  return globalThis.renderDashboard;
}

// What Splunk Web tells its pages; without the zone (UTC here) the time picker and every time axis crash.
function setSplunkGlobals() {
  globalThis.$C = {
    LOCALE: 'en-US',
    MRSPARKLE_PORT_NUMBER: Number(location.port),
    MRSPARKLE_ROOT_PATH: '',
    SERVER_ZONEINFO: '### SERIALIZED TIMEZONE FORMAT 1.0;Y0 N 55 54 43;',
    SPLUNKD_PATH: '/en-US/splunkd/__raw',
    USERNAME: 'admin',
    VERSION_LABEL: 'stand-in',
  };
}
