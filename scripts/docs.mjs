// Writes the pages that are made of tables in the code: docs/settings.md, docs/errors.md, docs/reader-differences.md. With --check, compares only.
import { readFile, rm, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { format } from 'prettier';

const { outputFiles } = await build({
  stdin: {
    contents: `
      export { SETTINGS } from './lib/app/settings.ts';
      export { ERRORS } from './lib/base/error-codes.ts';
      export { failRow } from './lib/scep/fail-info.ts';
      export { statusOf } from './lib/http/status-codes.ts';
      export { HRESULTS } from './lib/intune/hresults.ts';
      export { RESULT_CODES } from './lib/intune/result-codes.ts';
      export { DIFFERENCES } from './test/fuzz/differences.ts';`,
    resolveDir: '.',
    loader: 'ts',
  },
  bundle: true,
  platform: 'node',
  format: 'esm',
  write: false,
  packages: 'external',
  absWorkingDir: process.cwd(),
});
// Packages are found from a file's place, so the bundle is run as a file beside this one.
const bundle = new URL('./.docs-bundle.mjs', import.meta.url);
await writeFile(bundle, outputFiles[0].contents);
const { SETTINGS, ERRORS, failRow, statusOf, HRESULTS, RESULT_CODES, DIFFERENCES } = await import(
  bundle.href
);
await rm(bundle);

const cell = (text) => String(text).replaceAll('|', '\\|').replaceAll('\n', ' ');
const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');
const hex = (hresult) => `0x${(hresult >>> 0).toString(16).toUpperCase().padStart(8, '0')}`;

const pages = {
  'docs/settings.md': `# Settings

Every setting is an app setting of the function app, or an environment variable of the local cloud. A wrong one is named
by \`/health\` and on the status page; the app issues nothing until it is right. Secrets are Key Vault references, never
plain text.

${table(
  ['Setting', 'Default', 'What it does'],
  Object.entries(SETTINGS).map(([name, row]) => [
    `\`${name}\`${row.secret ? ' (secret)' : ''}`,
    row.default === undefined ? '' : `\`${row.default}\``,
    row.about,
  ]),
)}
`,
  'docs/errors.md': `# Errors

Each failure has one stable code. It stands in the log line, in the journal and in the body of HTTP errors. The device is
told only the SCEP failInfo, or, when nothing was decided, an HTTP status that lets it come back.

${table(
  ['Code', 'What it means', 'What to do', 'The device gets', 'Intune shows'],
  Object.entries(ERRORS).map(([code, row]) => {
    const { failInfo } = failRow(code);
    return [
      `\`${code}\``,
      row.means,
      row.remedy,
      failInfo ? `FAILURE ${failInfo}` : `HTTP ${statusOf(code)}`,
      `\`${hex(HRESULTS[code])}\``,
    ];
  }),
)}

## Intune’s result codes

What \`ERR_INTUNE_REFUSED\` says in its detail. Every code but \`Success\` refuses the request.

${table(
  ['Code', 'What it means', 'What to do'],
  Object.entries(RESULT_CODES).map(([code, row]) => [`\`${code}\``, row.means, row.remedy]),
)}
`,
  'docs/reader-differences.md': `# Where our readers and others part

\`npm run fuzz\` shows every input to a reader of ours and some of them to asn1js, pkijs and openssl too. What only one
side takes must be in this table (\`test/fuzz/differences.ts\`), or it is a finding. For certification requests, “taken”
means here that a certificate would be made of it, and no row lets us take one that another reader refuses.

${table(
  ['Target', 'Reader', 'Who takes it', 'What', 'Why'],
  DIFFERENCES.map(({ targets, references, accepts, what, why }) => [
    targets.join(', '),
    references.join(', '),
    accepts === 'we' ? 'we do' : 'they do',
    what,
    why,
  ]),
)}
`,
};

let stale = 0;
for (const [path, text] of Object.entries(pages)) {
  const wanted = await format(text, { parser: 'markdown', printWidth: 110 });
  const present = await readFile(path, 'utf8').catch(() => '');
  if (present === wanted) continue;
  stale++;
  if (process.argv.includes('--check')) console.error(`${path} is not what the code says: run npm run docs`);
  else await writeFile(path, wanted);
}
process.exitCode = process.argv.includes('--check') && stale > 0 ? 1 : 0;
