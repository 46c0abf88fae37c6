// Judges Dashboard Studio definitions with Studio's own validator.
// stdin: a JSON array of definitions; stdout: an array of the same length, each a list of {path, message}.
// usage: node validate.cjs SCHEMA_FILE
import { readFileSync } from 'node:fs';
import { DashboardValidator } from '@splunk/dashboard-validation';

// The validator knows only the layout of Splunk 9.4 and newer; the older form, which every version reads, is its
// first tab.
function withTabs(definition) {
  const { layout } = definition;
  if (!layout || layout.layoutDefinitions) return definition;
  const { globalInputs, ...first } = layout;
  const tabs = { items: [{ layoutId: 'first', label: 'First' }] };
  return { ...definition, layout: { globalInputs, tabs, layoutDefinitions: { first } } };
}

function problems(validator, definition) {
  const found = validator.validate(withTabs(definition)) ?? [];
  return found.map((problem) => ({ path: problem.instancePath ?? problem.dataPath ?? '', message: problem.message }));
}

// The packages report progress on the console; stdout is for the answer alone.
console.log = console.warn = console.info = () => {};
const validator = new DashboardValidator();
const refused = validator.setSchema(JSON.parse(readFileSync(process.argv[2], 'utf8')));
if (refused) throw new Error(`the schema is unusable: ${JSON.stringify(refused).slice(0, 500)}`);
const definitions = JSON.parse(readFileSync(0, 'utf8'));
process.stdout.write(JSON.stringify(definitions.map((each) => problems(validator, each))));
