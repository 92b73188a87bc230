/** @module Writing an enrollment to a folder: key.pem, certificate.pem, ca.pem. */
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { exportPrivateKey, toPem, type EnrollResult } from '../../dev/scep-client/index.js';

export interface SavedFiles {
  readonly key: string;
  readonly certificate: string;
  readonly ca: string;
  /** Names under which files that were there before live on. */
  readonly kept: readonly string[];
}

/** Only the owner may read the key. An older key or certificate is kept as `*.old`. */
export function saveEnrollment(
  folder: string,
  { key, certificate, ca }: Extract<EnrollResult, { status: 'SUCCESS' }>,
): SavedFiles {
  mkdirSync(folder, { recursive: true });
  const kept: string[] = [];
  const save = (name: string, text: string, mode: number): string => {
    const file = path.join(folder, name);
    if (existsSync(file) && name !== 'ca.pem') {
      renameSync(file, `${file}.old`);
      kept.push(`${file}.old`);
    }
    writeFileSync(file, text, { mode });
    return file;
  };
  const authorities = [
    ca.ca,
    ...ca.all.filter((other) => other.isCa && other.thumbprint !== ca.ca.thumbprint),
  ];
  return {
    key: save('key.pem', exportPrivateKey(key), 0o600),
    certificate: save('certificate.pem', toPem('CERTIFICATE', certificate.der), 0o644),
    ca: save('ca.pem', authorities.map(({ der }) => toPem('CERTIFICATE', der)).join(''), 0o644),
    kept,
  };
}
