/** @module `skep ca init`: a root over the key that the deployment made. */
import { Command } from 'commander';
import { settleCas } from '../../lib/keys/ca-life.js';
import { belongsTo } from '../../lib/keys/fitness.js';
import { parseCertificate } from '../../lib/pki/certificate.js';
import { encodeName, formatName } from '../../lib/pki/name.js';
import { equalBytes } from '../../lib/base/bytes.js';
import { quoteForShell } from '../shell.js';
import { usageError, type Terminal } from '../terminal.js';
import { recordFacts, recordLines } from './describe.js';
import { assertReplacement, countLiveCertificates } from './replacement.js';
import { createReport } from './report.js';
import { installRoot } from './root.js';
import { addToolOptions, createTools, type RawToolOptions } from './tools.js';
import { parseYears } from './values.js';

interface RawInitOptions extends RawToolOptions {
  readonly subject?: string;
  readonly years: string;
  readonly replace?: string | boolean;
}

const NEXT =
  'give Intune the CA certificate (`skep ca show --json`, or /ca/ca.cer of the app) in a trusted certificate profile; then look at /health of the app.';

export function createInitCommand(terminal: Terminal): Command {
  const command = new Command('init')
    .description('Make a self-signed root over the CA key in the vault, and install it.')
    .option('--subject <name>', 'e.g. "CN=Contoso Device CA,O=Contoso"')
    .option('--years <n>', 'life of the root', '10')
    .option('--replace [words]', 'replace another CA; it says which words it wants');
  return addToolOptions(command, terminal).action((raw: RawInitOptions) => init(raw, terminal));
}

async function init(raw: RawInitOptions, terminal: Terminal): Promise<void> {
  const report = createReport(terminal, raw.json ?? false);
  const tools = createTools(raw, terminal);
  const years = parseYears(raw.years);
  report.step(`Opening the key ${tools.keyName} in ${tools.vault.url}.`);
  const key = await tools.openKey();
  const stored = await tools.cas.load();
  if (stored) {
    const { current } = settleCas(stored.set, tools.clock.now());
    const present = parseCertificate(current.certificate);
    const sameName = raw.subject === undefined || equalBytes(encodeName(raw.subject), present.subject.der);
    if (sameName && belongsTo(present, key.signer.publicKey)) {
      report.finish(
        { status: 'unchanged', ca: recordFacts(current) },
        ['This CA is there already; nothing was changed.', ...recordLines(current)],
        NEXT,
      );
      return;
    }
    report.step(`There is another CA: ${formatName(present.subject)}. Counting its certificates in use.`);
    const count = await countLiveCertificates(tools.certificates, tools.clock, report);
    const named = raw.subject === undefined ? '' : ` --subject ${quoteForShell(raw.subject)}`;
    assertReplacement(count, raw.replace, `skep ca init${named}`);
  }
  if (raw.subject === undefined)
    throw usageError('The name of the CA is missing.', 'Give --subject "CN=<company> Device CA".');
  const record = await installRoot(tools, { key, subject: raw.subject, years, replaces: stored, report });
  report.finish(
    { status: stored ? 'replaced' : 'created', ca: recordFacts(record) },
    ['The CA is installed.', ...recordLines(record)],
    NEXT,
  );
}
