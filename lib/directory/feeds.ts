/** @module Lists of all devices and users, and of what changed in them since. */
import type { FeedItem, FeedName, FeedPage } from './directory.js';
import { DIRECTORY_FAILURES, type Graph } from './graph.js';
import { guidOf, parseManagedDevice, SELECTED, textOf } from './objects.js';
import type { JsonObject } from '../microsoft/json.js';
import type { StandingRules } from './standing.js';

interface Feed {
  readonly name: string;
  /** Below `/v1.0/`. */
  readonly start: string;
  /** Whether the list ends with a link to what will change. */
  readonly delta: boolean;
  readonly read: (entry: JsonObject, rules: StandingRules) => FeedItem | undefined;
}

const TABLE = {
  managedDevices: {
    name: 'Graph managed devices',
    start: `deviceManagement/managedDevices?$select=${SELECTED.managedDevice}`,
    delta: false,
    read: readManagedDevice,
  },
  devices: {
    name: 'Graph devices delta',
    start: 'devices/delta?$select=deviceId,accountEnabled',
    delta: true,
    read: (entry) => readChange(entry, guidOf(entry['deviceId'])),
  },
  users: {
    name: 'Graph users delta',
    start: 'users/delta?$select=userPrincipalName,accountEnabled',
    delta: true,
    read: (entry) => readChange(entry, textOf(entry['userPrincipalName'])?.toLowerCase()),
  },
} as const satisfies Record<FeedName, Feed>;

export function createFeedReader(
  graph: Graph,
  rules: StandingRules,
): (feed: FeedName, link?: string) => Promise<FeedPage | 'expired'> {
  return async (feedName, link) => {
    const feed: Feed = TABLE[feedName];
    const page = await graph.getPage(feed.name, link ?? feed.start);
    if (page === 'expired') return page;
    const { entries, nextLink, deltaLink } = page;
    // A list that merely stops is not complete, and what it does not hold is not gone.
    if (feed.delta && nextLink === undefined && deltaLink === undefined) {
      throw DIRECTORY_FAILURES.unavailable(`${feed.name}: the list breaks off`);
    }
    return {
      items: entries.flatMap((entry) => feed.read(entry, rules) ?? []),
      ...(nextLink === undefined ? {} : { next: nextLink }),
      ...(nextLink !== undefined || deltaLink === undefined ? {} : { changes: deltaLink }),
    };
  };
}

function readManagedDevice(entry: JsonObject, { compliance }: StandingRules): FeedItem | undefined {
  const device = parseManagedDevice(entry);
  if (!device) return undefined;
  const { id, entraDeviceId, departure, compliant } = device;
  const suspect = departure !== undefined || (compliance && !compliant);
  return {
    id,
    change: suspect ? 'suspect' : 'present',
    names: entraDeviceId === undefined ? [id] : [id, entraDeviceId],
  };
}

/**
 * A removed object comes with its id alone, whether it can be restored (`changed`) or not (`deleted`); a changed one
 * with its id and at least what changed.
 */
function readChange(entry: JsonObject, name: string | undefined): FeedItem | undefined {
  const id = guidOf(entry['id']);
  if (id === undefined) return undefined;
  const change = '@removed' in entry ? 'removed' : entry['accountEnabled'] === false ? 'suspect' : 'present';
  return { id, change, names: name === undefined ? [] : [name] };
}
