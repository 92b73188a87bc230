/**
 * @module `npm run bench:vault`: what an enrollment costs in Key Vault, counted by the simulator, and how many of them
 * an hour each kind of CA key carries by Key Vault's published limits. `--json` prints the numbers alone.
 */
import type { CreateKeyOptions } from '../../dev/vault/keys.js';
import { systemClock } from '../../lib/base/clock.js';
import { KEY_TYPES, type KeyType } from '../../lib/keys/key-types.js';
import { createVaultWorld, enrollAs } from '../support/vault-service.js';

const ENROLLMENTS = 20;
/** Key Vault counts in windows of ten seconds. */
const WINDOWS_PER_HOUR = 360;

interface Cost {
  /** Operations of the CA key for one certificate. */
  readonly ca: number;
  /** Operations of an RA key (RSA-2048) for one certificate. */
  readonly ra: number;
}

/** Enrolls, and lets the vault count. The CA key signs once; what is beyond that is the RA's. */
async function measure(key: CreateKeyOptions, raKeyHome: 'process' | 'vault'): Promise<Cost> {
  const world = await createVaultWorld(key, systemClock);
  try {
    const instance = world.start({ raKeyHome });
    await instance.source();
    world.vault.meter.reset();
    const client = instance.connect();
    for (let index = 0; index < ENROLLMENTS; index++) await enrollAs(client, `device-${index}`);
    const total = Object.values(world.vault.meter.counts).reduce((sum, count) => sum + count, 0);
    const operations = total / ENROLLMENTS;
    return { ca: 1, ra: operations - 1 };
  } finally {
    await world.vault.close();
  }
}

/** Key Vault weighs every operation by its key's limit and limits the sum. */
function perHour(type: KeyType, protection: 'software' | 'hsm', { ca, ra }: Cost): number {
  const limit = KEY_TYPES[type].vaultOperations[protection];
  const raLimit = KEY_TYPES['RSA-2048'].vaultOperations[protection];
  return Math.floor(WINDOWS_PER_HOUR / (ca / limit + ra / raLimit));
}

const CA_KEYS = {
  'RSA CA': { kty: 'RSA-HSM', size: 2048 },
  'EC CA': { kty: 'EC-HSM', size: 'P-256' },
} as const satisfies Record<string, CreateKeyOptions>;

const measured = [];
for (const [ca, key] of Object.entries(CA_KEYS)) {
  for (const raKey of ['process', 'vault'] as const) {
    const cost = await measure(key, raKey);
    measured.push({
      ca,
      raKey,
      operations: cost.ca + cost.ra,
      enrollmentsPerOperation: 1 / (cost.ca + cost.ra),
    });
  }
}

const costs = { process: { ca: 1, ra: 0 }, vault: { ca: 1, ra: 2 } } as const satisfies Record<string, Cost>;
for (const { raKey, operations } of measured) {
  if (operations !== costs[raKey].ca + costs[raKey].ra) process.exitCode = 1;
}

const capacity = (Object.keys(KEY_TYPES) as KeyType[]).map((type) => ({
  type,
  perHour: {
    software: perHour(type, 'software', costs.process),
    hsm: perHour(type, 'hsm', costs.process),
    softwareRaInVault: perHour(type, 'software', costs.vault),
    hsmRaInVault: perHour(type, 'hsm', costs.vault),
  },
}));

if (process.argv.includes('--json')) {
  process.stdout.write(`${JSON.stringify({ measured, capacity })}\n`);
} else {
  process.stdout.write(`Vault operations for one certificate, counted over ${ENROLLMENTS} enrollments:\n`);
  for (const { ca, raKey, operations, enrollmentsPerOperation } of measured) {
    const ratio = enrollmentsPerOperation.toFixed(2);
    process.stdout.write(`  ${ca}, RA key in ${raKey}: ${operations} (${ratio} enrollments per operation)\n`);
  }
  process.stdout.write('Certificates per hour that one vault allows, by the published limits:\n');
  const row = (cells: readonly (string | number)[]) =>
    `  ${cells.map((cell) => String(cell).padStart(14)).join('')}\n`;
  process.stdout.write(row(['CA key', 'software', 'HSM', 'software, RA', 'HSM, RA']));
  process.stdout.write(row(['', '', '', 'in the vault', 'in the vault']));
  for (const { type, perHour: hour } of capacity) {
    const { software, hsm, softwareRaInVault, hsmRaInVault } = hour;
    process.stdout.write(row([type, software, hsm, softwareRaInVault, hsmRaInVault]));
  }
}
