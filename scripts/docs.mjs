// Writes the pages that are made of tables in the code: docs/settings.md, docs/errors.md, docs/troubleshooting.md.
// With --check, compares only.
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
      export { formatHresult, HRESULTS, hresultOfStatus, signedHresult } from './lib/base/hresults.ts';
      export { explain } from './cli/explain/explain.ts';
      export { ENTRA_CODES } from './cli/explain/entra-codes.ts';
      export { HTTP_STATUSES } from './cli/explain/http-statuses.ts';
      export { QUESTIONS } from './cli/doctor/questions.ts';
      export { FAULTS } from './cli/doctor/faults.ts';
      export { shownHresult } from './lib/intune/hresults.ts';
      export { RESULT_CODES } from './lib/intune/result-codes.ts';`,
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
const {
  SETTINGS,
  ERRORS,
  RESULT_CODES,
  HRESULTS,
  HTTP_STATUSES,
  ENTRA_CODES,
  QUESTIONS,
  FAULTS,
  failRow,
  statusOf,
  formatHresult,
  signedHresult,
  hresultOfStatus,
  shownHresult,
  explain,
} = await import(bundle.href);
await rm(bundle);

const cell = (text) => String(text).replaceAll('|', '\\|').replaceAll('\n', ' ');
const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');

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
      `\`${formatHresult(shownHresult(code))}\``,
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
  'docs/troubleshooting.md': `# What a code means, and what the doctor asks

\`skep explain CODE\` says the same on the command line. \`skep doctor URL\` finds which cause it is ([docs/doctor.md](doctor.md)).

## What Windows shows

Where: event 32 of DeviceManagement-Enterprise-Diagnostics-Provider, and in Intune’s console. MDM reports write the number
with its sign (\`${signedHresult(HRESULTS.SCARD_E_NO_SUCH_CERTIFICATE.code)}\` is
\`${formatHresult(HRESULTS.SCARD_E_NO_SUCH_CERTIFICATE.code)}\`). In brackets: the check of the doctor that finds the cause.

${table(
  ['Code', 'What it means', 'Causes, likeliest first', 'What to do'],
  Object.values(HRESULTS).map(({ code }) => {
    const { code: shown, name, means, causes } = explain(formatHresult(code));
    const numbered = (text) =>
      causes.map((row, at) => `${causes.length > 1 ? `${at + 1}. ` : ''}${text(row)}`).join('<br>');
    return [
      `\`${shown}\` ${name}`,
      means,
      numbered(({ cause, check }) => (check ? `${cause} [${check}]` : cause)),
      numbered(({ remedy }) => remedy),
    ];
  }),
)}

### An HTTP status in place of a SCEP answer

\`0x8019\` and the status in hex.

${table(
  ['Code', 'Status', 'What it means', 'Cause', 'What to do'],
  Object.entries(HTTP_STATUSES).map(([status, { means, cause, remedy }]) => [
    `\`${formatHresult(hresultOfStatus(Number(status)))}\``,
    status,
    means,
    cause,
    remedy,
  ]),
)}

## What Entra says

${table(
  ['Code', 'What it means', 'Cause', 'What to do'],
  Object.entries(ENTRA_CODES).map(([digits, { means, cause, remedy }]) => [
    `AADSTS${digits}`,
    means,
    cause,
    remedy,
  ]),
)}

Our own codes and Intune’s are in [docs/errors.md](errors.md).

## What \`skep doctor\` asks

In this order. A check is left out when one that it needs is bad.

${table(
  ['Check', 'Question', 'Faults that it names'],
  Object.entries(QUESTIONS).map(([id, question]) => [
    `\`${id}\``,
    question,
    Object.entries(FAULTS)
      .filter(([, { check }]) => check === id)
      .map(([fault]) => `\`${fault}\``)
      .join(', '),
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
