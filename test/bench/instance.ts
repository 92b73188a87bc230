/**
 * @module What one instance does: the packaged app in the local Functions host on one core, its store in the storage
 * emulator. Its CA key is an EC key in the process, whose signature costs next to nothing: in Azure the vault signs.
 */
import type { KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { startAzurite } from '../../dev/azurite.js';
import { median } from './figures.js';
import { load, type LoadFigures } from './load.js';
import { buildHost, makePackage } from './packaged-app.js';
import { readCa, temporaryFolder } from './peers.js';
import { firstLine, startPinned, stop } from './processes.js';
import { CHALLENGE, checkAnswer, prepareRequest } from './requests.js';

export interface InstanceFigures {
  /** With eight connections; medians of the rounds. */
  readonly perSecond: number;
  readonly p95Ms: number;
  /** CPU time of the whole process for one enrollment, in microseconds. */
  readonly cpuUs: number;
}

const CONNECTIONS = 8;

/** Every round enrolls once with each key, for names that were not there before. The first does not count. */
export async function measureInstance(
  keys: readonly KeyObject[],
  rounds: number,
  onRound: () => void,
): Promise<InstanceFigures> {
  const host = await buildHost();
  const azurite = await startAzurite();
  const child = startPinned(process.execPath, [host, makePackage()], {
    SKEP_PUBLIC_URL: 'http://bench.test',
    SKEP_KEYS: 'file',
    SKEP_KEYS_FOLDER: join(temporaryFolder(), 'keys'),
    SKEP_CA_KEY_TYPE: 'EC-P256',
    SKEP_STORAGE_CONNECTION: azurite.connectionString,
    SKEP_STATIC_CHALLENGE: CHALLENGE,
    SKEP_INTUNE: 'false',
  });
  try {
    const base = `${await firstLine(child)}/static/pkiclient.exe`;
    const ca = await readCa(base);
    const runs: LoadFigures[] = [];
    for (let round = 0; round <= rounds; round++) {
      const requests = keys.map((key, index) => {
        const name = `device-${round}-${index}`;
        const subjectAltName = { type: 'dns', value: `${name}.contoso.test` } as const;
        return prepareRequest(
          { key, subject: `CN=${name},O=Contoso`, subjectAltName, challenge: CHALLENGE },
          ca.encryption,
        );
      });
      const { answers, ...figures } = await load({
        url: `${base}?operation=PKIOperation`,
        contentType: 'application/x-pki-message',
        connections: CONNECTIONS,
        bodies: requests.map(({ message }) => message),
        server: child,
      });
      for (const [index, request] of requests.entries()) {
        checkAnswer(request, answers[index] ?? new Uint8Array(), ca);
      }
      if (round > 0) runs.push(figures);
      onRound();
    }
    const of = (field: 'perSecond' | 'p95Ms' | 'cpuUs') => median(runs.map((run) => run[field]));
    return { perSecond: of('perSecond'), p95Ms: of('p95Ms'), cpuUs: of('cpuUs') };
  } finally {
    await stop(child);
    await azurite.close();
  }
}
