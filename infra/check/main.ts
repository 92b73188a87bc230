/** @module `npm run check:bicep`: prints what is wrong with the templates, a line each. */
import { checkTemplates } from './check.js';
import { readSchemas, readTemplates } from './files.js';
import { createParser } from './syntax.js';

const files = await readTemplates('infra');
const faults = checkTemplates(files, await readSchemas('infra'), await createParser());
for (const { file, line, code, message } of faults) {
  console.error(`infra/${file}:${line} ${code}: ${message}`);
}
if (faults.length > 0) process.exitCode = 1;
else console.log(`${files.size} files of infra/ are in order`);
