// Loads a packaged app as the Functions worker does and prints what it registered: `node load.mjs FOLDER`.
// A bundle that is broken in the wrong place starts "successfully" with no functions in Azure; here it fails.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire, Module } from 'node:module';
import { dirname, join, resolve } from 'node:path';

const folder = resolve(process.argv[2] ?? 'out/app');
const { main } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
const functions = [];
let model;
const core = {
  version: '4.0.0',
  registerFunction: ({ name }) => (functions.push(name), { dispose: () => undefined }),
  registerHook: () => ({ dispose: () => undefined }),
  setProgrammingModel: (chosen) => (model = chosen),
  getProgrammingModel: () => model,
  log: () => undefined,
};

// The worker answers for this one module in the same way.
const original = Module.prototype.require;
Module.prototype.require = function (id) {
  return id === '@azure/functions-core' ? core : original.call(this, id);
};
const load = createRequire(join(folder, 'package.json'));
load(join(folder, main));
const atStart = Object.keys(load.cache).map((path) => path.slice(folder.length + 1));

// What is loaded later must be there by then, and whole.
const beside = dirname(join(folder, main));
const later = readdirSync(beside).filter(
  (name) => name.endsWith('.cjs') && join(beside, name) !== join(folder, main),
);
for (const name of later) load(join(beside, name));

if (functions.length === 0) throw new Error(`${folder} registers no functions`);
if (!model?.version.startsWith('4.')) throw new Error(`${folder} has programming model ${model?.version}`);
console.log(
  JSON.stringify({
    node: process.version,
    model: model.version,
    functions: functions.sort(),
    atStart,
    later: later.sort(),
  }),
);
