/**
 * @module What one enrollment costs others: requests and entities at the storage account, operations of the vault,
 * calls of Intune and Graph. Counted from outside, while the whole local cloud enrolls, its CA key in the vault simulator.
 */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAzurite } from '../../dev/azurite.js';
import { startLocalCloud, type LocalCloud } from '../../dev/local-cloud.js';
import { encodeCertId, encodeOcspRequest } from '../support/ocsp-request.js';
import { startFaultyProxy, type SeenRequest } from '../support/faulty-proxy.js';
import { JOURNAL_TABLE } from '../../lib/store/table-journal.js';
import { CERTIFICATES_TABLE } from '../../lib/store/table-store.js';
import { post, prepareCloudEnrollment } from './cloud-enrollment.js';
import { median } from './figures.js';
import { readCa } from './peers.js';

export interface RoundTrips {
  /** Medians over some enrollments, each alone. */
  readonly enrollment: EnrollmentCost;
  /** Of a certificate that this instance has not been asked about before, and of one that it has. */
  readonly ocsp: { readonly storeRequests: number; readonly repeatedStoreRequests: number };
}

interface EnrollmentCost {
  readonly storeRequests: number;
  /** Entities read or written in the table of certificates, all in one of its sixteen partitions. */
  readonly certificateEntities: number;
  /** Entities written in the journal, all in the partition of the day. */
  readonly journalEntities: number;
  readonly vaultOperations: number;
  readonly intuneCalls: number;
  readonly graphCalls: number;
}

const WARM_UP = 2;
const ENROLLMENTS = 9;

export async function countRoundTrips(onEnrollment: () => void): Promise<RoundTrips> {
  const dataDir = await mkdtemp(join(tmpdir(), 'skep-round-trips-'));
  const azurite = await startAzurite();
  const { origin } = new URL(azurite.tableUrl);
  let seen: SeenRequest[] = [];
  const proxy = await startFaultyProxy(origin, { onCarriedOut: (request) => seen.push(request) });
  const take = () => {
    const taken = seen;
    seen = [];
    return taken;
  };
  try {
    const cloud = await startLocalCloud({
      port: 0,
      simulatorPort: 0,
      dataDir,
      environment: { SKEP_KEYS: 'vault', SKEP_LOG_LEVEL: 'error' },
      storage: azurite.connectionString.replaceAll(origin, proxy.url),
      log: () => undefined,
    });
    try {
      return await count(cloud, take, onEnrollment);
    } finally {
      await cloud.close();
    }
  } finally {
    await proxy.close();
    await azurite.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function count(
  cloud: LocalCloud,
  take: () => readonly SeenRequest[],
  onEnrollment: () => void,
): Promise<RoundTrips> {
  const { ready, vault, simulator } = cloud;
  if (!vault) throw new Error('the local cloud has no vault');
  const ca = await readCa(`${ready.scep.intune}/pkiclient.exe`);
  const { privateKey: key } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const operations = () => Object.values(vault.meter.counts).reduce((sum, each) => sum + each, 0);
  const costs: EnrollmentCost[] = [];
  const serialNumbers: string[] = [];
  for (let i = 0; i < WARM_UP + ENROLLMENTS; i++) {
    const send = await prepareCloudEnrollment(ready, ca, key);
    take();
    const [vaultBefore, callsBefore] = [operations(), simulator.state.calls.length];
    const check = await send();
    const calls = simulator.state.calls.slice(callsBefore);
    const requests = take();
    serialNumbers.push(check());
    onEnrollment();
    if (i < WARM_UP) continue;
    const isIntune = ({ endpoint }: { readonly endpoint: string }) => /validate|notification/i.test(endpoint);
    costs.push({
      storeRequests: requests.length,
      certificateEntities: countEntities(requests, CERTIFICATES_TABLE),
      journalEntities: countEntities(requests, JOURNAL_TABLE),
      vaultOperations: operations() - vaultBefore,
      intuneCalls: calls.filter(isIntune).length,
      graphCalls: calls.filter((call) => !isIntune(call)).length,
    });
  }
  const ask = async (serialNumber: string): Promise<number> => {
    take();
    const question = encodeOcspRequest([encodeCertId(ca.ca.der, serialNumber)]);
    await post(ready.ocsp, 'application/ocsp-request', question);
    return take().length;
  };
  const [first, again]: number[][] = [[], []];
  for (const serialNumber of serialNumbers) {
    first?.push(await ask(serialNumber));
    again?.push(await ask(serialNumber));
  }
  const of = (field: keyof EnrollmentCost) => median(costs.map((cost) => cost[field]));
  return {
    enrollment: {
      storeRequests: of('storeRequests'),
      certificateEntities: of('certificateEntities'),
      journalEntities: of('journalEntities'),
      vaultOperations: of('vaultOperations'),
      intuneCalls: of('intuneCalls'),
      graphCalls: of('graphCalls'),
    },
    ocsp: { storeRequests: median(first ?? []), repeatedStoreRequests: median(again ?? []) },
  };
}

/** An entity group holds one request line for each of its changes; any other request is about one entity. */
function countEntities(requests: readonly SeenRequest[], table: string): number {
  return requests.reduce((sum, { path, body }) => {
    if (!path.includes('$batch')) return sum + (path.includes(`/${table}(`) ? 1 : 0);
    const lines = new RegExp(`^(?:POST|PUT|DELETE) \\S+/${table}\\b`, 'gm');
    return sum + (body.toString('latin1').match(lines)?.length ?? 0);
  }, 0);
}
