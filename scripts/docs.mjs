// Writes the pages that are made of tables in the code, and of measurements. With --check, compares only, and looks whether
// every `npm run` that a page names is there.
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { format } from 'prettier';
import { bundleTool } from './bundle.mjs';

// Packages are found from a file's place, so the bundle is run as a file beside this one.
const bundle = new URL('./.docs-bundle.mjs', import.meta.url);
await bundleTool('scripts/docs-tables.ts', bundle.pathname);
const {
  SETTINGS,
  ERRORS,
  RESULT_CODES,
  SUCCESS,
  refusalCode,
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
  formatCapacity,
  DIFFERENCES,
  ...profiles
} = await import(bundle.href);
await rm(bundle);

const cell = (text) => String(text).replaceAll('|', '\\|').replaceAll('\n', ' ');
const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');

const platformRows = Object.entries(profiles.PLATFORMS);

/** One row a platform and kind. */
const scepRows = platformRows.flatMap(([name, { title, scepTrust }]) =>
  profiles.KINDS.map((kind) => {
    const { subject, alternativeNames, keySize, validity, thresholdPercent } =
      profiles.SCEP_VALUES[name][kind];
    return [
      title,
      kind,
      `\`${subject}\``,
      alternativeNames.map((item) => `${item.sanType} \`${item.name}\``).join(', '),
      keySize,
      `${validity.value} ${validity.value === 1 ? validity.scale.slice(0, -1) : validity.scale}`,
      `${thresholdPercent} %`,
      scepTrust === 'root' ? 'the root' : 'the CA that issues',
    ];
  }),
);

const measurement = async (name) => JSON.parse(await readFile(`docs/measurements/${name}.json`, 'utf8'));

const pages = {
  'docs/capacity.md': formatCapacity({
    bench: await measurement('bench'),
    renewals: await measurement('renewals'),
  }),
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

What Intune says in the detail of our code. Every code but \`Success\` refuses the request.

${table(
  ['Code', 'What it means', 'What to do', 'In the log'],
  Object.entries(RESULT_CODES).map(([code, row]) => [
    `\`${code}\``,
    row.means,
    row.remedy,
    code === SUCCESS ? '' : `\`${refusalCode(code)}\``,
  ]),
)}
`,
  'docs/profiles.md': `# Intune’s profiles

A device asks for a certificate because a profile of Intune tells it to: a trusted-certificate profile for the CA, and a
SCEP profile that refers to it. \`skep profiles\` makes them, and a Wi-Fi profile if you want one, for every platform, with
the values of the table below.

\`\`\`sh
skep profiles apply https://<app>                                    # shows what it would create, asks, creates
skep profiles apply https://<app> --platform windows --kind device --assign "All laptops"
skep profiles export https://<app>                                   # the same as files; needs no sign-in
\`\`\`

It reads the CA certificates from the app and prints the thumbprint of the one that issues: compare it with
\`skep ca show\`.

## Apply

It works through Microsoft Graph in your name: as whoever is signed in to Azure CLI, if that sign-in carries the permission
\`DeviceManagementConfiguration.ReadWrite.All\`, else with a code that you type into a browser. You need the role Intune
Administrator, or Policy and Profile Manager within Intune. With \`--assign\` it also asks for \`Group.Read.All\`.

The plan has a line for each profile:

| Plan        | What it means                                                                          |
| ----------- | -------------------------------------------------------------------------------------- |
| \`create\`    | there is none yet                                                                      |
| \`unchanged\` | it is there and as it should be                                                        |
| \`differs\`   | it is there, and somebody changed it, or you now want something else; it is left alone |
| \`update\`    | the same with \`--update\`: it is changed                                               |
| \`kept\`      | a trusted certificate of a CA before or after this one; it is never touched            |

- \`--plan\` stops there. \`--yes\` does not ask. \`--json\` prints one JSON object.
- A profile of ours is known by its name and by a marker in its description, such as
  \`[skep windows/device/scep https://<app>]\`. Write what you like before the marker. A profile that has the name and not the
  marker is not touched; the command ends and says so.
- A trusted-certificate profile is known by the certificate that it holds, too. It is never overwritten with another CA’s.
- A run that ended early is gone on with by the next one: nothing is created twice.
- Changing subject, alternative names, key, purposes or validity makes devices enroll again. Address, threshold and name
  do not.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 done but for profiles that differ.

## Assign

\`--assign <group>\` (name or id, may be repeated) assigns every profile of the plan to the same groups, in addition to those
that they have; a group that is excluded stays excluded. A SCEP profile reaches a device only where its trusted certificate
reaches it too. A group holds devices or users, never both, so \`--assign\` wants one \`--kind\` at a time.

Begin with a group of a few devices.

## When the CA is followed by another

What to do on which day: [ca.md](ca.md#what-you-do-and-when). What \`apply\` does in it:

| The app | Trusted certificates | SCEP and Wi-Fi profiles |
| --- | --- | --- |
| has announced its next CA | those of the next CA are made beside the present ones, and assigned as those are | go on referring to the present CA |
| issues from it, or has a renewed CA certificate | those of the CA that issues are found, or made; those of the one before are \`kept\` | \`differs\`; with \`--update\` they refer to it |

- The first profile is called “Skep Windows: root CA”; a further one has the first eight digits of its thumbprint behind
  that. Names stay when the CA takes over. Profiles that an earlier version made are found by their certificate.
- A Wi-Fi profile of Windows or Apple that holds our root as the RADIUS server’s gets the new one beside it; one of Android
  holds one alone.
- A \`kept\` profile may be unassigned when the last certificate that was issued under it has expired.
- The plan warns when what is assigned is to refer to what is not.
- \`export\` writes the certificates and profiles of an announced CA beside the others.

## Values of the SCEP profiles

${table(
  ['Platform', 'Kind', 'Subject', 'Alternative name', 'Key (RSA)', 'Validity', 'Renewal at', 'Refers to'],
  scepRows,
)}

All of them: key usage ${profiles.KEY_USAGE.join(' and ')}, purpose ${profiles.PURPOSE.name}
(${profiles.PURPOSE.objectIdentifier}), SHA-2 where the platform can choose, the address
\`https://<app>/certsrv/mscep/mscep.dll\` (\`--endpoint <name>\`: \`/scep/<name>\`). Windows keeps the key in the TPM and fails
without one. On a Mac no app gets the key without being asked.

- \`--validity 400d\` (or \`1y\`, \`18m\`) and \`--threshold 30\` replace the table’s. iPhones, iPads and Macs ignore the validity;
  the app’s own settings hold for them.
- \`{{DeviceId}}\` does not exist on fully managed Android devices, so they are named by their Entra id.
- Where the root itself issues, “the CA that issues” is the root. Below another CA it matters: Windows
  compares what GetCACert answers with the CA that issues, Android wants the root. For Apple’s platforms no one documents it;
  the root is our choice. \`--scep-root issuer\` or \`root\` replaces it, if your devices want the other one.

## Wi-Fi

\`\`\`sh
skep profiles apply https://<app> --wifi Contoso --radius-server radius.contoso.com --radius-ca radius-root.pem
\`\`\`

makes a profile for each SCEP profile: EAP-TLS with its certificate, trusting RADIUS servers whose certificate has one of
those names (separated by commas) and comes from that root. Without \`--radius-ca\` the root is ours. What NPS and other
RADIUS servers want of the certificates: [radius.md](radius.md).

## Export

Writes one JSON file for each profile, as Graph takes it, the CA certificates, and \`index.md\`, which says how to enter them by
hand or by a script. \`--out <folder>\` names the folder, \`--overwrite\` replaces an earlier export there.

## Types in Microsoft Graph

They are in Graph’s beta alone (\`/beta/deviceManagement/deviceConfigurations\`); version 1.0 has no certificate profiles.

${table(
  ['Platform', 'Trusted certificate', 'SCEP', 'Wi-Fi'],
  platformRows.map(([, { title, types }]) => [
    title,
    ...[types.trusted, types.scep, types.wifi].map((name) => `\`${name}\``),
  ]),
)}

Names, values and relations are checked against Microsoft’s own declarations of these types, and all of it was tried
against our simulator of Graph, with simulated devices of each platform. No real tenant has seen it yet. Least certain,
because no one documents it: which certificate Apple’s platforms want, the alternative name of fully managed Android
devices, user certificates of a Mac below a trusted certificate of the device channel, the list of roots in a Wi-Fi
profile of a Mac.
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

let unknown = 0;
const { scripts } = JSON.parse(await readFile('package.json', 'utf8'));
const written = (await readdir('docs')).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`);
for (const path of ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...written]) {
  for (const [said, name] of (await readFile(path, 'utf8')).matchAll(/npm run (?:-\S+ )*([a-z][\w:-]*)/g)) {
    if (Object.hasOwn(scripts, name)) continue;
    unknown++;
    console.error(`${path} says ${said}, and package.json has no such script`);
  }
}
process.exitCode = process.argv.includes('--check') && stale + unknown > 0 ? 1 : 0;
