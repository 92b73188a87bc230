/** @module Who is who: Intune's and Entra's ids of one device, and the users behind their names. */
import type { Evidence } from '../directory/directory.js';
import type { CertificateRecord, SearchBy } from '../store/store.js';
import type { Candidate, DirectoryState } from './directory-state.js';

export interface DirectoryNames {
  /** What to search the store for. */
  searchesFor(candidate: Candidate): SearchBy[];
  /** What was seen before of those whom a certificate is for. @param cause the candidate, if it is one's certificate. */
  evidenceFor(record: CertificateRecord, cause?: Candidate): Evidence;
}

/** @param candidates they are not among the known any more, and still tell who was who. */
export function createDirectoryNames(
  feeds: DirectoryState['feeds'],
  candidates: readonly Candidate[],
): DirectoryNames {
  const managedIds = new Map<string, string[]>();
  const userIds = new Map<string, string>();
  const objects = (feed: Candidate['feed']): (readonly [string, readonly string[]])[] => [
    ...candidates.filter((candidate) => candidate.feed === feed).map(({ id, names }) => [id, names] as const),
    ...feeds[feed].known,
  ];
  for (const [id, names] of objects('managedDevices')) {
    for (const name of names) managedIds.set(name, [...(managedIds.get(name) ?? []), id]);
  }
  // Those who are still known come last: a name that was given to somebody else is theirs.
  for (const [id, names] of objects('users')) for (const name of names) userIds.set(name, id);

  return {
    searchesFor({ feed, names }) {
      if (feed === 'users') return names.map((user) => ({ user }));
      const ids = new Set([...names, ...names.flatMap((name) => managedIds.get(name) ?? [])]);
      return [...ids].map((deviceId) => ({ deviceId }));
    },
    evidenceFor({ deviceId, user }, cause) {
      const isCause = cause?.feed === 'users' && user !== undefined && cause.names.includes(user);
      const userId = isCause ? cause.id : user === undefined ? undefined : userIds.get(user);
      return {
        wasManaged: deviceId !== undefined && managedIds.has(deviceId),
        ...(userId === undefined ? {} : { userId }),
      };
    },
  };
}
