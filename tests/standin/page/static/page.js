// The frame of the page: which view is shown, and the links between them.
import { dashboardView } from './dashboard.js';
import { element, failure, show } from './dom.js';
import { findingsView } from './findings.js';
import { searchView } from './search.js';
import { readViews } from './splunkd.js';

const main = document.getElementById('main');
const OWN = { findings: 'Findings', search: 'Search' };
let leave = new AbortController();

async function readConfig() {
  const answer = await fetch('/standin/page.json', { credentials: 'same-origin' });
  if (!answer.ok) throw new Error(`/standin/page.json: the server answered ${answer.status}`);
  return answer.json();
}

const path = (app, view) => `/en-US/app/${encodeURIComponent(app)}/${encodeURIComponent(view)}`;

function place(config) {
  const [, app, view] = /^\/en-US\/app\/([^/]+)\/([^/]+)/.exec(location.pathname) ?? [];
  return {
    app: app ? decodeURIComponent(app) : config.app ?? 'search',
    view: view ? decodeURIComponent(view) : config.view ?? 'search',
  };
}

function tab(config, app, name, label, current) {
  const go = (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return; // a new window was asked for
    event.preventDefault();
    history.pushState(null, '', path(app, name));
    start(config);
  };
  return element('a', { href: path(app, name), 'aria-current': name === current ? 'page' : null, onclick: go }, label);
}

async function drawTabs(config, { app, view }) {
  const views = await readViews(app).catch(() => []);
  const first = views.filter((each) => each.name === config.view);
  const all = [...first, ...views.filter((each) => each.name !== config.view)];
  const own = Object.entries(OWN).map(([name, label]) => ({ name, label }));
  show(document.getElementById('tabs'), ...[...all, ...own].map((each) => tab(config, app, each.name, each.label, view)));
}

function setTitle(config, label) {
  document.title = config.title ? `${label} · ${config.title}` : label;
}

function start(config) {
  leave.abort();
  leave = new AbortController();
  const here = place(config);
  const title = (label) => setTitle(config, label);
  const shared = { ...here, signal: leave.signal, title, remember, parameters: parametersOf(config, here) };
  drawTabs(config, here);
  title(OWN[here.view] ?? here.view);
  main.dataset.view = here.view;
  if (here.view === 'findings') return findingsView(main, { ...shared, findings: config.findings });
  if (here.view === 'search') return searchView(main, shared);
  return dashboardView(main, shared);
}

// What the address says; the configured dashboard without any says what the configuration does.
function parametersOf(config, { view }) {
  const given = new URLSearchParams(location.search);
  return given.size || view !== config.view ? given : new URLSearchParams(config.parameters);
}

function remember(parameters) {
  history.replaceState(null, '', `${location.pathname}?${new URLSearchParams(parameters)}`);
}

try {
  const config = await readConfig();
  if (config.title) document.getElementById('title').textContent = config.title;
  document.getElementById('where').textContent = location.host;
  addEventListener('popstate', () => start(config));
  start(config);
} catch (problem) {
  show(main, failure(`The page cannot start: ${problem.message}`));
}
