// Talks to splunkd through the web port: reads objects, runs searches as jobs.

const RAW = '/en-US/splunkd/__raw';
const FIRST_POLL_MS = 60;
const SLOWEST_POLL_MS = 1000;

// A refusal, in splunkd's words; position counts from the start of the search that was sent, null if not known.
export class Refused extends Error {
  constructor(text, position = null) {
    super(text);
    this.position = position;
  }
}

const query = (values) => new URLSearchParams({ output_mode: 'json', ...values }).toString();

function worst(messages = []) {
  return messages.find((each) => ['FATAL', 'ERROR'].includes(each.type)) ?? messages[0];
}

function refusal(body, status) {
  const message = worst(body?.messages);
  if (!message) return new Refused(`the server answered ${status}`);
  return new Refused(message.text, message.position ?? body.position ?? null);
}

// Splunk Web wants its form key back on every POST, as a header.
function formKey() {
  return /splunkweb_csrf_token_\d+=([^;]+)/.exec(document.cookie)?.[1] ?? '';
}

async function call(path, { form, signal } = {}) {
  const headers = { 'X-Requested-With': 'XMLHttpRequest', 'X-Splunk-Form-Key': formKey() };
  const options = form ? { method: 'POST', body: new URLSearchParams({ output_mode: 'json', ...form }) } : {};
  let response;
  try {
    response = await fetch(`${RAW}/${path}`, { headers, signal, credentials: 'same-origin', ...options });
  } catch (problem) {
    if (problem.name === 'AbortError') throw problem;
    throw new Refused('the server does not answer; is it still running?');
  }
  const body = await response.json().catch(() => null);
  if (!response.ok) throw refusal(body, response.status);
  return body;
}

const segment = encodeURIComponent;

export async function readViews(app) {
  const found = await call(`servicesNS/-/${segment(app)}/data/ui/views?${query({ count: 0 })}`);
  return found.entry
    .filter((entry) => entry.acl?.app === app && isStudio(entry.content['eai:data']))
    .map((entry) => ({ name: entry.name, label: entry.content.label || entry.name }));
}

const isStudio = (xml) => /<dashboard\b[^>]*\bversion="2"/.test(xml ?? '');

export async function readView(app, view) {
  const found = await call(`servicesNS/-/${segment(app)}/data/ui/views/${segment(view)}?${query()}`);
  return studioDefinition(found.entry[0].content['eai:data'], view);
}

function studioDefinition(xml, view) {
  const parsed = new DOMParser().parseFromString(xml, 'application/xml');
  if (parsed.querySelector('parsererror')) throw new Refused(`the view ${view} is not well-formed XML`);
  const text = parsed.querySelector('dashboard > definition')?.textContent;
  if (!text) throw new Refused(`the view ${view} is not a Dashboard Studio view`);
  return { label: parsed.querySelector('dashboard > label')?.textContent ?? view, definition: JSON.parse(text) };
}

// The search bar puts the command `search` in front where none is typed; REST wants it written out.
export function asSent(spl) {
  const text = spl.trim();
  const lead = text === '' || text.startsWith('|') || /^search\s/i.test(text) ? '' : 'search ';
  return { text: lead + text, offset: spl.length - spl.trimStart().length - lead.length };
}

// Yields to `onProgress` while the job runs; resolves to the finished job. Aborting cancels the job on the server too.
export async function runJob(app, spl, { earliest, latest, signal, onProgress } = {}) {
  const form = { search: spl };
  if (earliest) form.earliest_time = earliest;
  if (latest) form.latest_time = latest;
  const { sid } = await call(`servicesNS/nobody/${segment(app)}/search/jobs`, { form, signal });
  try {
    return await finished(sid, signal, onProgress);
  } catch (problem) {
    if (problem.name === 'AbortError') await control(sid, 'cancel').catch(() => {});
    throw problem;
  }
}

export const control = (sid, action) => call(`services/search/jobs/${segment(sid)}/control`, { form: { action } });

async function finished(sid, signal, onProgress) {
  for (let wait = FIRST_POLL_MS; ; wait = Math.min(wait * 1.5, SLOWEST_POLL_MS)) {
    const { content } = (await call(`services/search/jobs/${segment(sid)}?${query()}`, { signal })).entry[0];
    if (content.isFailed || content.dispatchState === 'FAILED') throw refusal(content, 'a failed job');
    if (content.isDone) return { sid, ...content };
    onProgress?.(content);
    await pause(wait, signal);
  }
}

function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(new DOMException('cancelled', 'AbortError'));
    });
  });
}

// Rows of a finished job, with their columns in Splunk's order.
export async function readResults(sid, { count = 100, offset = 0, signal } = {}) {
  const path = `services/search/v2/jobs/${segment(sid)}/results`;
  const body = await call(`${path}?${query({ count, offset })}`, { signal });
  const rows = body.results ?? [];
  const named = (body.fields ?? []).map((field) => field.name ?? field);
  const fields = named.length ? named : [...new Set(rows.flatMap(Object.keys))];
  return { rows, fields, messages: body.messages ?? [] };
}
