// The search box: SPL in, results or events out, a refusal at its place.
import { element, empty, failure, loading, show } from './dom.js';
import { Refused, asSent, readResults, runJob } from './splunkd.js';
import { eventList, resultTable } from './tables.js';

const PAGE_ROWS = 100;
const RANGES = [
  ['All time', '0', ''],
  ['Last 15 minutes', '-15m', 'now'],
  ['Last 60 minutes', '-60m@m', 'now'],
  ['Last 4 hours', '-4h@m', 'now'],
  ['Last 24 hours', '-24h@h', 'now'],
  ['Last 7 days', '-7d@h', 'now'],
];

export function searchView(main, { app, parameters, remember }) {
  const box = element('textarea', {
    id: 'spl', rows: '2', spellcheck: 'false', autocapitalize: 'off', autocomplete: 'off',
    'aria-label': 'Search', placeholder: 'index=main | stats count by sourcetype', onkeydown: onKey,
  });
  const ranges = RANGES.map(([label], at) => element('option', { value: at }, label));
  const range = element('select', { 'aria-label': 'Time range', onchange: onRange }, ranges,
    element('option', { value: 'custom' }, 'Between …'));
  const earliest = element('input', { 'aria-label': 'Earliest', placeholder: '-24h@h', size: '12', hidden: true });
  const latest = element('input', { 'aria-label': 'Latest', placeholder: 'now', size: '12', hidden: true });
  const button = element('button', { class: 'primary', type: 'submit' }, 'Search');
  const form = element('form', { class: 'search', onsubmit: onSubmit }, box,
    element('div', { class: 'controls' }, range, earliest, latest, button,
      element('span', { class: 'hint' }, 'Enter runs, Shift+Enter breaks the line, Esc stops')));
  const output = element('section', { class: 'output', 'aria-live': 'polite' });
  let running = null;

  show(main, form, output);
  box.value = parameters.get('q') ?? '';
  if (box.value) run();
  else show(output, empty('Type a search. Macros in backticks and every field of the app can be used.'));
  box.focus();

  function onKey(event) {
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      run();
    } else if (event.key === 'Escape') running?.abort();
  }

  function onRange() {
    earliest.hidden = latest.hidden = range.value !== 'custom';
    if (range.value === 'custom') earliest.focus();
    else if (box.value.trim()) run();
  }

  function onSubmit(event) {
    event.preventDefault();
    if (running) running.abort();
    else run();
  }

  function bounds() {
    if (range.value === 'custom') return { earliest: earliest.value.trim(), latest: latest.value.trim() };
    return { earliest: RANGES[range.value][1], latest: RANGES[range.value][2] };
  }

  async function run() {
    running?.abort();
    const spl = box.value;
    if (!spl.trim()) return;
    const mine = new AbortController();
    running = mine;
    button.textContent = 'Stop';
    remember({ q: spl });
    show(output, loading('Searching'));
    const children = await outcome(spl, mine.signal);
    if (running !== mine) return; // a newer search took over
    running = null;
    button.textContent = 'Search';
    show(output, ...children);
  }

  async function outcome(spl, signal) {
    const { text, offset } = asSent(spl);
    try {
      const job = await runJob(app, text, { ...bounds(), signal });
      return await resultsOf(job, signal);
    } catch (problem) {
      if (problem.name === 'AbortError') return [empty('Stopped.')];
      if (problem instanceof Refused) return [refusalBlock(spl, problem, offset, box)];
      throw problem;
    }
  }
}

async function resultsOf(job, signal) {
  const { rows, fields, messages } = await readResults(job.sid, { count: PAGE_ROWS, signal });
  const total = job.resultCount ?? rows.length;
  const notes = messages.filter((each) => each.type !== 'DEBUG')
    .map((each) => element('p', { class: `note ${each.type.toLowerCase()}` }, each.text));
  if (!rows.length) return [...notes, empty('No results. Try a longer time range.')];
  const shown = element('div', {}, ...shownAs(rows, fields));
  return [element('p', { class: 'summary' }, summaryText(job, total)), ...notes, pager(job, total, shown), shown];
}

function summaryText(job, total) {
  const events = !job.eventCount ? '' : ` from ${job.eventCount.toLocaleString('en')} events`;
  const seconds = job.runDuration == null ? '' : ` in ${Number(job.runDuration).toFixed(2)} s`;
  return `${total.toLocaleString('en')} results${events}${seconds}`;
}

// Steps through the results of a job that is done, a page at a time; nothing where all fit on one.
function pager(job, total, shown) {
  if (total <= PAGE_ROWS) return '';
  let offset = 0;
  const position = element('span', { 'aria-live': 'polite' });
  const back = element('button', { type: 'button', onclick: () => step(-PAGE_ROWS) }, 'Previous');
  const next = element('button', { type: 'button', onclick: () => step(PAGE_ROWS) }, 'Next');
  mark();
  return element('div', { class: 'pager' }, back, position, next);

  function mark() {
    position.textContent = `${offset + 1} to ${Math.min(offset + PAGE_ROWS, total)}`;
    back.disabled = offset === 0;
    next.disabled = offset + PAGE_ROWS >= total;
  }

  async function step(by) {
    offset += by;
    mark();
    try {
      const { rows, fields } = await readResults(job.sid, { count: PAGE_ROWS, offset });
      show(shown, ...shownAs(rows, fields));
    } catch (problem) {
      show(shown, failure(`These results could not be read: ${problem.message}`));
    }
  }
}

const INTERNAL = /^_(raw|bkt|cd|kv|si|serial|sourcetype|indextime|subsecond)$/;

// Events open as a list, everything else as a table; events can be seen both ways.
function shownAs(rows, fields) {
  const table = () => resultTable(fields.filter((name) => !INTERNAL.test(name)), rows);
  if (!rows.some((row) => row._raw != null)) return [table()];
  const place = element('div');
  const ways = [['Events', () => eventList(rows)], ['Table', table]];
  const buttons = ways.map(([label], at) => element('button', { type: 'button', onclick: () => choose(at) }, label));
  const choose = (chosen) => {
    buttons.forEach((button, at) => button.setAttribute('aria-pressed', String(at === chosen)));
    show(place, ways[chosen][1]());
  };
  choose(0);
  return [element('div', { class: 'switch', role: 'group', 'aria-label': 'Show as' }, buttons), place];
}

// The line at fault with a caret below the column; choosing it puts the cursor there.
export function refusalBlock(spl, problem, offset, box) {
  const text = element('p', { class: 'failure' }, problem.message);
  if (problem.position == null) return element('div', { role: 'alert' }, text);
  const at = Math.max(0, Math.min(problem.position + offset, spl.length));
  const start = spl.lastIndexOf('\n', at - 1) + 1;
  const end = spl.indexOf('\n', at) < 0 ? spl.length : spl.indexOf('\n', at);
  const caret = `${spl.slice(start, at).replace(/[^\t]/g, ' ')}^`;
  const jump = () => {
    box.focus();
    box.setSelectionRange(at, at);
  };
  return element('div', { role: 'alert' }, text,
    element('pre', { class: 'fault' }, `${spl.slice(start, end)}\n`, element('b', {}, caret)),
    element('button', { type: 'button', onclick: jump }, `Go to column ${at - start + 1}`));
}
