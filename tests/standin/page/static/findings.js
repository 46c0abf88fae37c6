// The list of findings, each with the raw events that it came from.
import { element, empty, failure, loading, show } from './dom.js';
import { filled } from './spl.js';
import { asSent, readResults, runJob } from './splunkd.js';
import { cell, eventList } from './tables.js';

const MOST_FINDINGS = 1000;
const MOST_EVENTS = 50;

export async function findingsView(main, { app, findings, signal }) {
  if (!findings?.search) return show(main, empty('This stand-in was started without a search for findings.'));
  show(main, loading('Reading findings'));
  try {
    const job = await runJob(app, asSent(findings.search).text, { earliest: findings.earliest, latest: findings.latest, signal });
    const { rows, fields } = await readResults(job.sid, { count: MOST_FINDINGS, signal });
    show(main, ...listOf(app, findings, rows, findings.columns ?? fields.filter((name) => !/^_(?!time)/.test(name))));
  } catch (problem) {
    if (problem.name !== 'AbortError') show(main, failure(`The findings could not be read: ${problem.message}`));
  }
}

function listOf(app, findings, rows, columns) {
  const title = element('h1', {}, 'Findings ', element('span', { class: 'count' }, String(rows.length)));
  if (!rows.length) return [title, empty('No findings yet. They appear when a scheduled search has found something.')];
  const head = element('tr', {}, element('th', { scope: 'col' }, element('span', { class: 'unseen' }, 'Events')),
    columns.map((name) => element('th', { scope: 'col' }, name)));
  const body = rows.flatMap((row, at) => findingRows(app, findings, row, columns, at));
  const table = element('table', { class: 'findings' }, element('thead', {}, head), element('tbody', {}, body));
  return [title, element('div', { class: 'scroll' }, table)];
}

function findingRows(app, findings, row, columns, at) {
  const id = `events-${at}`;
  const toggle = element('button', {
    type: 'button', class: 'toggle', 'aria-expanded': 'false', 'aria-controls': id, 'aria-label': 'Raw events',
  });
  const detail = element('td', { colspan: columns.length + 1, id });
  const below = element('tr', { class: 'detail', hidden: true }, detail);
  const line = element('tr', { class: 'finding', onclick: onClick }, element('td', {}, toggle),
    columns.map((name) => cell(name, row[name])));
  let asked = false;

  // The button is inside the row, so one listener serves the mouse on the row and the keyboard on the button.
  function onClick() {
    if (String(getSelection())) return; // text is being copied
    const open = toggle.getAttribute('aria-expanded') !== 'true';
    toggle.setAttribute('aria-expanded', open);
    below.hidden = !open;
    if (open && !asked) {
      asked = true;
      showEvents(app, findings.events, row, detail);
    }
  }
  return [line, below];
}

async function showEvents(app, events, row, detail) {
  const facts = factsOf(row);
  if (!events?.search) return show(detail, facts);
  show(detail, facts, loading('Reading raw events'));
  try {
    const job = await runJob(app, asSent(filled(events.search, row)).text, eventBounds(events, row));
    const { rows } = await readResults(job.sid, { count: MOST_EVENTS });
    show(detail, facts, rows.length ? eventList(rows) : empty('No raw events: they may have aged out of the index.'));
  } catch (problem) {
    show(detail, facts, failure(`The raw events could not be read: ${problem.message}`));
  }
}

// latest is exclusive for Splunk, the last event of the finding is not.
function eventBounds(events, row) {
  const epoch = (text) => Date.parse(text) / 1000;
  const earliest = epoch(row[events.earliest]);
  const latest = epoch(row[events.latest]);
  return {
    earliest: Number.isFinite(earliest) ? String(earliest) : '0',
    latest: Number.isFinite(latest) ? String(latest + 0.001) : '',
  };
}

function factsOf(row) {
  const names = Object.keys(row).filter((name) => !name.startsWith('_'));
  return element('dl', {}, names.map((name) => element('div', {}, element('dt', {}, name),
    [row[name]].flat().map((value) => element('dd', {}, String(value))))));
}
