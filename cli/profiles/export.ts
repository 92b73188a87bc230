/** @module `skep profiles export`: one JSON file for each profile, the CA certificates, and a page that explains them. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { systemClock } from '../../lib/base/clock.js';
import { createReport } from '../ca/report.js';
import { usageError, type Terminal } from '../terminal.js';
import { assertScepAnswers, readCas } from './app.js';
import { toPayload } from './draft.js';
import { createDrafts } from './drafts.js';
import { addressOfProfile } from './graph-address.js';
import { renderIndex } from './index-page.js';
import { addProfileOptions, parseProfileOptions, type RawProfileOptions } from './options.js';
import { tellCas } from './tell-cas.js';
import { listTrusted } from './trusted.js';

interface RawExportOptions extends RawProfileOptions {
  readonly out: string;
  readonly overwrite?: boolean;
}

export function createExportCommand(terminal: Terminal): Command {
  const command = new Command('export').description(
    'Write Intune’s trusted-certificate, SCEP and Wi-Fi profiles as files; needs no sign-in.',
  );
  return addProfileOptions(command)
    .option('--out <folder>', 'where to write', 'skep-profiles')
    .option('--overwrite', 'replace an earlier export in that folder')
    .action((url: string, raw: RawExportOptions) => exportProfiles(url, raw, terminal));
}

async function exportProfiles(url: string, raw: RawExportOptions, terminal: Terminal): Promise<void> {
  const choice = parseProfileOptions(url, raw);
  const report = createReport(terminal, raw.json ?? false);
  report.step(`Asking ${choice.appUrl} for its CA certificates.`);
  const cas = await readCas(choice.appUrl, terminal, systemClock.now());
  await assertScepAnswers(choice.scepUrl, terminal);
  const request = { ...choice, ...cas };
  const facts = tellCas(cas, report);

  prepareFolder(raw.out, raw.overwrite ?? false);
  const save = (name: string, content: string | Uint8Array): string => {
    writeFileSync(path.join(raw.out, name), content);
    return name;
  };
  const files = new Map<string, string>();
  const profiles = createDrafts(request).map((draft, index) => {
    const file = `${String(index + 1).padStart(2, '0')}-${draft.key.replaceAll('/', '-')}.json`;
    files.set(draft.key, file);
    const payload = toPayload(draft, (key) => addressOfProfile(`{id of ${files.get(key) ?? key}}`));
    save(file, `${JSON.stringify(payload, undefined, 2)}\n`);
    report.step(`${file}: ${draft.displayName}`);
    return { draft, file };
  });
  const certificates = listTrusted(request).map(
    ({ file, title, der, name, place }) =>
      [save(file, der), name === place ? title : `${title}, of the next CA`] as const,
  );
  save(INDEX, renderIndex(request, profiles, certificates));
  report.finish(
    {
      status: 'exported',
      folder: raw.out,
      ...facts,
      profiles: profiles.map(({ draft: { key, displayName, type, references }, file }) => ({
        key,
        displayName,
        type,
        file,
        refersTo: references.map(({ to }) => to),
      })),
    },
    [`Wrote ${profiles.length} profiles to ${raw.out}.`],
    `read ${path.join(raw.out, INDEX)}; or let \`skep profiles apply ${choice.appUrl}\` create them.`,
  );
}

const INDEX = 'index.md';

const OURS = /^(?:\d\d-[a-z0-9-]+\.json|skep-[a-z0-9-]+\.cer|index\.md)$/;

/** @throws {CliError} with exit code 2, rather than mix two exports or touch what is somebody else's. */
function prepareFolder(folder: string, overwrite: boolean): void {
  mkdirSync(folder, { recursive: true });
  const present = readdirSync(folder);
  if (present.length === 0) return;
  if (!overwrite)
    throw usageError(`${folder} is not empty.`, 'Name another folder with --out, or give --overwrite.');
  for (const name of present.filter((file) => OURS.test(file))) rmSync(path.join(folder, name));
}
