// The only place where a value from a row enters a search.

// One SPL string: inside double quotes only the backslash and the quote mean something, and both are escaped.
// A backtick would start a macro, so a value with one never becomes text of a search.
export function quoted(value) {
  if (value.includes('`')) throw new RangeError('a value with a backtick cannot be searched for');
  return `"${value.replace(/[\\"]/g, '\\$&')}"`;
}

// Each $field$ becomes the row's value, quoted; several values or none become an empty string, which matches nothing.
// One pass, so that a value with dollars in it is never looked at again.
export function filled(template, row) {
  return template.replace(/\$([A-Za-z_][\w.{}]*)\$/g, (_, name) => quoted(single(row[name])));
}

const single = (value) => (value == null || Array.isArray(value) ? '' : String(value));
