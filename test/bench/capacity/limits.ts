/** @module What carries how much: each limit of a deployment in enrollments a second, with its arithmetic in words. */
import { KEY_TYPES, type KeyType } from '../../../lib/keys/key-types.js';
import { PARTITIONS } from '../../../lib/store/keys.js';
import type { InstanceFigures } from '../instance.js';
import type { RoundTrips } from '../round-trips.js';

/** Microsoft's published targets for one storage account, and for one partition of a table in it. */
export const STORAGE = { requestsPerSecond: 20_000, partitionEntitiesPerSecond: 2000 } as const;

/** Key Vault counts in windows of ten seconds. */
const VAULT_WINDOW_SECONDS = 10;

export interface Limit {
  readonly name: string;
  readonly perSecond: number;
  readonly arithmetic: string;
  /** What to do when it binds. */
  readonly remedy: string;
}

export interface Costs {
  readonly instance: InstanceFigures;
  readonly roundTrips: RoundTrips;
}

/** One core of an instance; another instance is another core. */
export function instanceLimit({ instance: { cpuUs } }: Costs): Limit {
  return {
    name: 'one core of an instance',
    perSecond: 1_000_000 / cpuUs,
    arithmetic: `1,000,000 µs ÷ ${Math.round(cpuUs)} µs of CPU`,
    remedy: 'Nothing: the Functions service starts another instance (`maximumInstanceCount`).',
  };
}

export function vaultLimit({ roundTrips }: Costs, type: KeyType, protection: 'software' | 'hsm'): Limit {
  const operations = KEY_TYPES[type].vaultOperations[protection];
  const { vaultOperations } = roundTrips.enrollment;
  return {
    name: `one vault, ${type} CA key${protection === 'hsm' ? ' in an HSM' : ''}`,
    perSecond: operations / VAULT_WINDOW_SECONDS / vaultOperations,
    arithmetic: `${operations} operations ÷ ${VAULT_WINDOW_SECONDS} s ÷ ${vaultOperations} an enrollment`,
    remedy:
      'An EC CA, or RSA-2048, signs four times as often as RSA-3072. Beyond that a vault for each region, with a CA of its own: a subscription has five times the limit of one vault.',
  };
}

/** All of them, the tightest first. */
export function storageLimits({ roundTrips: { enrollment } }: Costs): readonly Limit[] {
  const { storeRequests, certificateEntities, journalEntities } = enrollment;
  const { requestsPerSecond, partitionEntitiesPerSecond } = STORAGE;
  const limits: Limit[] = [
    {
      name: 'the journal’s partition of the day',
      perSecond: partitionEntitiesPerSecond / journalEntities,
      arithmetic: `${partitionEntitiesPerSecond} entities a second ÷ ${journalEntities} an enrollment`,
      remedy:
        'Its partition is a day. Devices do not wait for it longer than `SKEP_JOURNAL_WAIT_MS`; to write more, the partition key needs the hour, or a shard, beside the day.',
    },
    {
      name: 'the partitions of the certificates',
      perSecond: (PARTITIONS.length * partitionEntitiesPerSecond) / certificateEntities,
      arithmetic: `${PARTITIONS.length} partitions × ${partitionEntitiesPerSecond} entities a second ÷ ${certificateEntities} an enrollment`,
      remedy:
        'Two hex digits of the serial number as the partition key in place of one: 256 partitions, sixteen times as much.',
    },
    {
      name: 'the storage account',
      perSecond: requestsPerSecond / storeRequests,
      arithmetic: `${requestsPerSecond} requests a second ÷ ${storeRequests} an enrollment`,
      remedy: 'A storage account for each region, with a CA of its own.',
    },
  ];
  return limits.sort((a, b) => a.perSecond - b.perSecond);
}
