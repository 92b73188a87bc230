/**
 * @module Where the time of one enrollment goes on the whole path: the deployable in the local host, the storage emulator
 * and the Intune simulator, one device at a time. Steps are what the journal says of them.
 */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalCloud, type LocalCloud } from '../../dev/local-cloud.js';
import { DAY_MS, systemClock } from '../../lib/base/clock.js';
import { systemRandom } from '../../lib/base/random.js';
import type { JournalEntry } from '../../lib/journal/recorder.js';
import { createTableJournal } from '../../lib/store/table-journal.js';
import { prepareCloudEnrollment } from './cloud-enrollment.js';
import { median } from './figures.js';
import { readCa } from './peers.js';

export interface WholePath {
  /** From the request until the answer, as the device sees it. */
  readonly totalMs: number;
  /** In the order of the path; the median of each. */
  readonly steps: readonly { readonly name: string; readonly ms: number }[];
  /** In no step: the journal's own entry, the host and HTTP. */
  readonly restMs: number;
  readonly enrollments: number;
}

export const WARM_UP = 60;
export const ENROLLMENTS = 200;

/** @param onEnrollment hears of each of {@link WARM_UP} and {@link ENROLLMENTS}. */
export async function measureWholePath(onEnrollment: () => void): Promise<WholePath> {
  const dataDir = await mkdtemp(join(tmpdir(), 'skep-whole-path-'));
  try {
    const cloud = await startLocalCloud({
      port: 0,
      simulatorPort: 0,
      dataDir,
      environment: { SKEP_LOG_LEVEL: 'error' },
      log: () => undefined,
    });
    try {
      return await measure(cloud, onEnrollment);
    } finally {
      await cloud.close();
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function measure({ ready }: LocalCloud, onEnrollment: () => void): Promise<WholePath> {
  const ca = await readCa(`${ready.scep.intune}/pkiclient.exe`);
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const totals: number[] = [];
  for (let i = 0; i < WARM_UP + ENROLLMENTS; i++) {
    const send = await prepareCloudEnrollment(ready, ca, privateKey);
    const started = performance.now();
    const check = await send();
    totals.push(performance.now() - started);
    check();
    onEnrollment();
  }
  const entries = await readJournal(ready.storage, ENROLLMENTS);
  const [newest] = entries;
  if (!newest || entries.length < ENROLLMENTS) throw new Error(`the journal has ${entries.length} entries`);
  const steps = newest.steps.map(({ name }) => ({
    name,
    ms: median(
      entries.flatMap((entry) => entry.steps.filter((step) => step.name === name)).map(({ ms }) => ms),
    ),
  }));
  const totalMs = median(totals.slice(WARM_UP));
  return {
    totalMs,
    steps,
    restMs: totalMs - steps.reduce((sum, { ms }) => sum + ms, 0),
    enrollments: ENROLLMENTS,
  };
}

/** Newest first. */
async function readJournal(connectionString: string, limit: number): Promise<readonly JournalEntry[]> {
  const journal = createTableJournal({
    connection: { kind: 'connectionString', value: connectionString },
    clock: systemClock,
    random: systemRandom,
  });
  const now = systemClock.now();
  const from = new Date(now.getTime() - DAY_MS);
  const { entries } = await journal.search({ by: { from, until: new Date(now.getTime() + DAY_MS) }, limit });
  return entries;
}
