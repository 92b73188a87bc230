/** @module `skep ca backup`: the CA certificates, and the vault key in Key Vault's own sealed form. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { encodePem } from '../../lib/keys/pem.js';
import { callVault, createKeyClient } from '../../lib/keys/vault-connection.js';
import { encodeCaDocument } from '../../lib/store/ca-publications.js';
import { CliError, EXIT, type Terminal } from '../terminal.js';
import { createReport } from './report.js';
import { addToolOptions, createTools, type RawToolOptions } from './tools.js';

interface RawBackupOptions extends RawToolOptions {
  readonly out: string;
}

export function createBackupCommand(terminal: Terminal): Command {
  const command = new Command('backup')
    .description('Save the CA certificates and a sealed backup of the CA key (all versions) to a folder.')
    .option('--out <folder>', 'made if missing; files of an earlier backup are replaced', 'skep-ca-backup');
  return addToolOptions(command, terminal).action((raw: RawBackupOptions) => backUp(raw, terminal));
}

async function backUp(raw: RawBackupOptions, terminal: Terminal): Promise<void> {
  const report = createReport(terminal, raw.json ?? false);
  const tools = createTools(raw, terminal);
  const set = await tools.cas.read();
  if (!set)
    throw new CliError(
      EXIT.failed,
      'ERR_AUTHORITY_MISSING',
      'There is no CA to save.',
      'Run `skep ca init` first.',
    );
  mkdirSync(raw.out, { recursive: true, mode: 0o700 });
  const files: string[] = [];
  const save = (name: string, content: Uint8Array | string): void => {
    const file = join(raw.out, name);
    writeFileSync(file, content, { mode: 0o600 });
    files.push(file);
  };
  const { current, next, former } = set;
  save('certificates.json', encodeCaDocument(set));
  save('ca.pem', pemOf([current.certificate, ...current.chain]));
  if (next) save('ca-next.pem', pemOf([next.certificate, ...next.chain]));
  if (former.length > 0) save('ca-former.pem', pemOf(former.map(({ certificate }) => certificate)));
  report.step(`Saved the certificates to ${raw.out}.`);
  report.step(`Asking ${tools.vault.url} for a sealed backup of the key ${tools.keyName}.`);
  const client = await createKeyClient(tools.vault);
  const sealed = await callVault(tools.vault, 'backup key', (call) => client.backupKey(tools.keyName, call));
  if (!sealed) {
    throw new CliError(
      EXIT.failed,
      'ERR_SIGNER_REFUSED',
      'The vault gave no backup of the key; the certificates are saved.',
      'Run it again as somebody with Key Vault Crypto User on the key, or more.',
    );
  }
  save(`${tools.keyName}.keybackup`, sealed);
  report.finish(
    { status: 'saved', files, key: { name: tools.keyName, vault: tools.vault.url } },
    files.map((file) => `  ${file}`),
    'keep the folder where the vault and the storage account are not. Azure opens the key only in a vault of the same subscription and geography; docs/ca.md says how to restore.',
  );
}

const pemOf = (certificates: readonly Uint8Array[]): string =>
  certificates.map((der) => encodePem('CERTIFICATE', der)).join('');
