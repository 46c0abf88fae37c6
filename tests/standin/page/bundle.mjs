// Writes what build.py hands out, from the packages that `npm ci` laid beside this file's copy:
//   bundle.js, bundle.css   Dashboard Studio's renderer for the browser; sets globalThis.renderDashboard
//   schema.json             the JSON schema that this renderer accepts, dumped from its own preset
//   validate.cjs            the renderer's own validator, for node: definitions in, problems out
// usage: node bundle.mjs OUTPUT_FOLDER
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as esbuild from 'esbuild';
import { JSDOM, VirtualConsole } from 'jsdom';

const output = process.argv[2];

const browser = {
  bundle: true,
  minify: true,
  logLevel: 'warning',
  jsx: 'automatic',
  target: 'es2020',
  legalComments: 'none',
  // The packages read these as if they ran under webpack.
  define: {
    'process.env.NODE_ENV': '"production"',
    'process.env': '{}',
    'process.platform': '"browser"',
    'process.version': '""',
    global: 'window',
  },
  loader: { '.svg': 'dataurl', '.png': 'dataurl', '.woff': 'dataurl', '.woff2': 'dataurl' },
};

// The preset touches the DOM while it is evaluated; these are the parts of it that jsdom lacks.
function evaluateInDom(code) {
  const { window } = new JSDOM('<!doctype html>', {
    url: 'http://127.0.0.1/',
    runScripts: 'outside-only',
    pretendToBeVisual: true,
    virtualConsole: new VirtualConsole(),
  });
  const silentTarget = class { observe() {} disconnect() {} postMessage() {} addEventListener() {} };
  Object.assign(window, {
    ResizeObserver: silentTarget,
    Worker: silentTarget,
    TextDecoder,
    TextEncoder,
    structuredClone,
    fetch: () => new Promise(() => {}),
    matchMedia: () => ({ matches: false, addListener() {}, addEventListener() {} }),
  });
  window.URL.createObjectURL = () => 'blob:none';
  window.eval(code);
  return window;
}

async function writeSchema() {
  const built = await esbuild.build({ ...browser, entryPoints: ['src/schema.js'], outdir: output, write: false });
  const script = built.outputFiles.find((file) => file.path.endsWith('.js'));
  const schema = evaluateInDom(script.text).studioSchema;
  if (!schema) throw new Error('the preset gave no schema');
  writeFileSync(join(output, 'schema.json'), JSON.stringify(schema));
}

await esbuild.build({ ...browser, entryPoints: ['src/dashboard.jsx'], outfile: join(output, 'bundle.js') });
await writeSchema();
await esbuild.build({
  entryPoints: ['src/validate.js'],
  outfile: join(output, 'validate.cjs'),
  bundle: true,
  minify: true,
  platform: 'node',
  logLevel: 'warning',
});
process.exit(0); // jsdom keeps timers
