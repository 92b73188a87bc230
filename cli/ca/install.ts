/** @module `skep ca install`: the CA certificate that somebody else signed, checked before it is used. */
import { Command } from 'commander';
import { equalBytes } from '../../lib/base/bytes.js';
import type { CaCertificateSet, CaRecord } from '../../lib/keys/ca-certificates.js';
import {
  acceptChain,
  announceCa,
  haveSameKeyIdentifier,
  isSameCa,
  recertifyCa,
  replaceCa,
  settleCas,
} from '../../lib/keys/ca-life.js';
import { belongsTo, isIssuedBy } from '../../lib/keys/fitness.js';
import { parseCertificateFile, type CertificateChain } from '../../lib/keys/pem.js';
import type { Certificate } from '../../lib/pki/certificate.js';
import { readFile } from '../files.js';
import { quoteForShell } from '../shell.js';
import { CliError, EXIT, usageError, type Terminal } from '../terminal.js';
import { assertFollows } from './contradictions.js';
import { recordFacts, recordLines } from './describe.js';
import { assertReplacement, countLiveCertificates } from './replacement.js';
import { createReport, type Report } from './report.js';
import { addToolOptions, createTools, type CaTools, type OpenedCaKey, type RawToolOptions } from './tools.js';
import { parseCutOver } from './values.js';

interface RawInstallOptions extends RawToolOptions {
  readonly cutOver?: string;
  readonly replace?: string | boolean;
}

export function createInstallCommand(terminal: Terminal): Command {
  const command = new Command('install')
    .description('Install a CA certificate for the key in the vault: a signed request, or one from a backup.')
    .argument('<file>', 'PEM: the CA certificate and those above it up to the root, in any order')
    .option('--cut-over <date>', 'let it follow the present CA on this day (2027-01-31)')
    .option('--replace [words]', 'replace another CA at once; it says which words it wants');
  return addToolOptions(command, terminal).action((file: string, raw: RawInstallOptions) =>
    install(file, raw, terminal),
  );
}

type Change = 'created' | 'unchanged' | 'recertified' | 'announced' | 'replaced';

async function install(file: string, raw: RawInstallOptions, terminal: Terminal): Promise<void> {
  if (raw.cutOver !== undefined && raw.replace !== undefined)
    throw usageError(
      '--replace is at once and --cut-over on a day.',
      'Give one of them: --cut-over lets both CAs live side by side.',
    );
  const report = createReport(terminal, raw.json ?? false);
  const tools = createTools(raw, terminal);
  const now = tools.clock.now();
  const cutOver = raw.cutOver === undefined ? undefined : parseCutOver(raw.cutOver, now);
  const given = parseCertificateFile(readFile(file, '<file>'), file);
  report.step(`Opening the key ${tools.keyName} in ${tools.vault.url}.`);
  const stored = await tools.cas.load();
  const set = stored && settleCas(stored.set, now);
  const { key, certificate } = await matchKey(tools, set, given);
  const { record, warnings } = acceptChain(orderChain(certificate, given), { key, mode: tools.mode, now });
  for (const warning of warnings) report.warn(warning);
  const { change, changed } = await decide({ set, record, cutOver, said: raw.replace, file }, tools, report);
  if (changed) await tools.cas.save(changed, stored?.version);
  report.finish(
    { status: change, ca: recordFacts(record) },
    [SAID[change], ...recordLines(record)],
    NEXT[change],
  );
}

const SAID = {
  created: 'The CA is installed.',
  unchanged: 'This CA certificate is installed already; nothing was changed.',
  recertified: 'The CA has its new certificate; it is the same CA with the same key.',
  announced: 'The next CA is announced; until its day the present one issues.',
  replaced: 'The CA is replaced.',
} as const satisfies Record<Change, string>;

const TRUST = 'give Intune the root and this CA in trusted certificate profiles';
const NEXT = {
  created: `${TRUST}; then look at /health of the app.`,
  unchanged: 'look at /health of the app.',
  recertified:
    'the app uses the new certificate within ten minutes. Then run `skep profiles apply https://<app> --update`: until the SCEP profiles refer to it, Windows devices get no certificate (docs/ca.md).',
  announced: `within ten minutes the app shows it. Then ${TRUST} (\`skep profiles apply https://<app>\`), long enough before that day; on that day, run the same with --update (docs/ca.md).`,
  replaced: `${TRUST}; the app uses the new CA within ten minutes; then let every device enroll again.`,
} as const satisfies Record<Change, string>;

/** Which of the given certificates is the CA's: one that belongs to the newest version of the key, or the current one. */
async function matchKey(
  tools: CaTools,
  set: CaCertificateSet | undefined,
  given: CertificateChain,
): Promise<{ readonly key: OpenedCaKey; readonly certificate: Certificate }> {
  const versions = new Set([undefined, set?.current.keyVersion]);
  for (const version of versions) {
    const key = await tools.openKey(version);
    const certificate = given.find((candidate) => belongsTo(candidate, key.signer.publicKey));
    if (certificate) return { key, certificate };
  }
  throw new CliError(
    EXIT.failed,
    'ERR_AUTHORITY_MISSING',
    `None of the certificates belongs to the key ${tools.keyName} in ${tools.vault.url}.`,
    'Compare the public keys: `skep ca show`, and `openssl x509 -noout -pubkey` of the certificate.',
  );
}

/** From the CA certificate upwards; certificates that are not on that way are left out. */
function orderChain(certificate: Certificate, given: CertificateChain): CertificateChain {
  const above: Certificate[] = [];
  let last = certificate;
  for (;;) {
    const issuer = given.find(
      (candidate) => candidate !== certificate && !above.includes(candidate) && isIssuedBy(last, candidate),
    );
    if (!issuer || isIssuedBy(last, last)) return [certificate, ...above];
    above.push(issuer);
    last = issuer;
  }
}

interface Decision {
  readonly set: CaCertificateSet | undefined;
  readonly record: CaRecord;
  readonly cutOver: Date | undefined;
  readonly said: string | boolean | undefined;
  readonly file: string;
}

async function decide(
  { set, record, cutOver, said, file }: Decision,
  { certificates, clock }: CaTools,
  report: Report,
): Promise<{ readonly change: Change; readonly changed?: CaCertificateSet }> {
  if (cutOver) assertFollows(record, set);
  if (!set) return { change: 'created', changed: replaceCa(record) };
  if (sameRecord(set.current, record)) return { change: 'unchanged' };
  if (isSameCa(set.current, record)) {
    if (!haveSameKeyIdentifier(set.current, record)) report.warn(OTHER_KEY_IDENTIFIER);
    return { change: 'recertified', changed: recertifyCa(set, record) };
  }
  if (cutOver) {
    const { next } = set;
    if (next && sameRecord(next, record) && next.cutOver.getTime() === cutOver.getTime())
      return { change: 'unchanged' };
    return { change: 'announced', changed: announceCa(set, record, cutOver, clock.now()) };
  }
  report.step('There is another CA. Counting its certificates in use.');
  const count = await countLiveCertificates(certificates, clock, report);
  assertReplacement(count, said, `skep ca install ${quoteForShell(file)}`);
  return { change: 'replaced', changed: replaceCa(record) };
}

const OTHER_KEY_IDENTIFIER =
  'the new certificate has another subject key identifier than the one before. RADIUS servers and others that go by it do not accept the certificates issued so far under the new one alone: keep both there until the last of those has expired, or have the request signed with the identifier that it asks for.';

const sameRecord = (one: CaRecord, other: CaRecord): boolean =>
  equalBytes(one.certificate, other.certificate) &&
  one.chain.length === other.chain.length &&
  one.chain.every((der, index) => equalBytes(der, other.chain[index] ?? new Uint8Array()));
