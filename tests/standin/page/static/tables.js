// Rows of results as a table, and events as a list.
import { element } from './dom.js';

const TIME_FIELDS = new Set(['_time', '_indextime', 'time', 'first_time', 'last_time']);
const SEVERITIES = new Set(['critical', 'high', 'medium', 'low', 'informational']);

// 2026-11-24T17:00:00.123+00:00 as 2026-11-24 17:00:00.123; anything else as it is.
export function readableTime(text) {
  return /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]00:?00)$/.test(text) ? text.slice(0, 23).replace('T', ' ').replace('Z', '') : text;
}

function cellText(name, value) {
  const texts = (Array.isArray(value) ? value : [value]).map(String);
  return TIME_FIELDS.has(name) ? texts.map(readableTime) : texts;
}

const isNumber = (value) => typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value);

export function cell(name, value) {
  if (value == null) return element('td', { class: 'null' });
  const texts = cellText(name, value);
  if (name === 'severity' && SEVERITIES.has(texts[0])) {
    return element('td', {}, element('span', { class: `severity ${texts[0]}` }, texts[0]));
  }
  const kind = TIME_FIELDS.has(name) ? 'time' : isNumber(value) ? 'number' : null;
  return element('td', { class: kind }, texts.map((text) => element('div', { title: text }, text)));
}

export function resultTable(fields, rows) {
  const kind = (name) => (isNumber(rows[0]?.[name]) ? 'number' : null);
  const head = element('tr', {}, fields.map((name) => element('th', { scope: 'col', class: kind(name) }, name)));
  const body = rows.map((row) => element('tr', {}, fields.map((name) => cell(name, row[name]))));
  return element('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Results' },
    element('table', {}, element('thead', {}, head), element('tbody', {}, body)));
}

// The text as it was indexed; where it is JSON, indented as well, made only when asked for: events can be large.
function rawText(raw) {
  const exact = element('pre', { class: 'raw' }, raw);
  if (!/^\s*[{[]/.test(raw)) return [exact];
  const details = element('details', { ontoggle }, element('summary', {}, 'indented'));
  return [exact, details];

  function ontoggle() {
    if (details.children.length > 1) return;
    details.append(element('pre', { class: 'raw indented' }, indented(raw)));
  }
}

function indented(raw) {
  try {
    return JSON.stringify(JSON.parse(raw), null, 2);
  } catch (problem) {
    return `This is no JSON: ${problem.message}`;
  }
}

const PROVENANCE = ['index', 'host', 'source', 'sourcetype'];

function eventItem(event) {
  const facts = PROVENANCE.filter((name) => event[name] != null)
    .map((name) => element('span', {}, element('b', {}, name), ` ${event[name]}`));
  return element('li', {},
    element('div', { class: 'facts' }, element('time', {}, readableTime(event._time ?? '')), facts),
    rawText(String(event._raw ?? '')));
}

export const eventList = (events) => element('ol', { class: 'events' }, events.map(eventItem));
