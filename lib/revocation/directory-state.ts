/** @module What the directory's timer remembers from run to run: where it stopped reading, and who is who. */
import * as v from 'valibot';
import { FEEDS, type FeedName } from '../directory/directory.js';
import type { PublicationStore } from '../store/store.js';

export interface FeedState {
  /** Where reading goes on; absent: at the beginning. */
  readonly link?: string;
  /** Names by which certificates know an object, by its id: a removed object comes with its id alone. */
  readonly known: ReadonlyMap<string, readonly string[]>;
  /** While the whole list is being read: the ids that were on it so far. */
  readonly seen?: ReadonlySet<string>;
}

/** Somebody to look at: the feed says that they are gone, or suspect. */
export interface Candidate {
  readonly feed: FeedName;
  /** Of the object. */
  readonly id: string;
  readonly names: readonly string[];
  /** When the feed said so. */
  readonly noticedAt: Date;
}

export interface DirectoryState {
  readonly feeds: Readonly<Record<FeedName, FeedState>>;
  /** Not looked at yet, or not confirmed. */
  readonly pending: readonly Candidate[];
  /** What was lately revoked or put on hold, for the brake. */
  readonly spent: readonly { readonly at: Date; readonly count: number }[];
  /** Serial number after which to go on with the certificates on hold, when there was no time for all of them. */
  readonly heldAfter?: string | undefined;
  /** The feed with which the next run begins, when this one did not come to the end of all. Absent: the first. */
  readonly readNext?: FeedName | undefined;
}

export interface DirectoryStateStore {
  /** @throws {SkepError} `ERR_STORE_UNAVAILABLE` */
  load(): Promise<DirectoryState>;
  /** @throws {SkepError} `ERR_STORE_UNAVAILABLE` */
  save(state: DirectoryState): Promise<void>;
}

const DOCUMENT = 'directory.json';

const EMPTY_FEED: FeedState = { known: new Map() };
const EMPTY: DirectoryState = {
  feeds: { managedDevices: EMPTY_FEED, devices: EMPTY_FEED, users: EMPTY_FEED },
  pending: [],
  spent: [],
};

/** @param documents not the public ones: names of users are in it. */
export function createDirectoryStateStore(documents: PublicationStore): DirectoryStateStore {
  return {
    async load() {
      const stored = await documents.get(DOCUMENT);
      return stored ? decodeState(stored.document) : EMPTY;
    },
    save: (state) => documents.put(DOCUMENT, encodeState(state), 'application/json'),
  };
}

const date = v.pipe(
  v.string(),
  v.isoTimestamp(),
  v.transform((text) => new Date(text)),
);
const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((text) => typeof text === 'string');
const isTable = (value: unknown): value is string[][] => Array.isArray(value) && value.every(isTexts);

const feedSchema = v.object({
  link: v.exactOptional(v.string()),
  known: v.pipe(
    v.custom<string[][]>(isTable),
    v.transform((known) => new Map(known.map(([id = '', ...names]) => [id, names]))),
  ),
  seen: v.exactOptional(
    v.pipe(
      v.custom<string[]>(isTexts),
      v.transform((ids) => new Set(ids)),
    ),
  ),
});
const stateSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    feeds: v.object({ managedDevices: feedSchema, devices: feedSchema, users: feedSchema }),
    pending: v.array(
      v.object({
        feed: v.picklist(FEEDS),
        id: v.string(),
        names: v.array(v.string()),
        noticedAt: date,
      }),
    ),
    spent: v.array(v.object({ at: date, count: v.number() })),
    heldAfter: v.exactOptional(v.string()),
    readNext: v.exactOptional(v.picklist(FEEDS)),
  }),
);

/** A document that is not ours, or of another form, counts as none: everything is read anew, and nothing is lost but time. */
function decodeState(document: Uint8Array): DirectoryState {
  const result = v.safeParse(stateSchema, new TextDecoder().decode(document));
  return result.success ? result.output : EMPTY;
}

/** Rows that are JSON text at one time: all of them would be the whole document once more, and their arrays. */
const ROWS_AT_ONCE = 10_000;

function encodeState({ feeds, ...rest }: DirectoryState): Uint8Array {
  const pieces: Uint8Array[] = [];
  const write = (text: string): unknown => pieces.push(Buffer.from(text));
  write('{"feeds":{');
  for (const [i, name] of FEEDS.entries()) {
    const { known, link, seen } = feeds[name];
    write(`${i === 0 ? '' : ','}"${name}":{"known":[`);
    let rows: (readonly string[])[] = [];
    let written = 0;
    for (const [id, names] of known) {
      rows.push([id, ...names]);
      if (rows.length < ROWS_AT_ONCE && written + rows.length < known.size) continue;
      write(`${written === 0 ? '' : ','}${inner(rows)}`);
      written += rows.length;
      rows = [];
    }
    const others = inner({ link, seen: seen && [...seen] });
    write(`]${others === '' ? '' : `,${others}`}}`);
  }
  write(`},${inner(rest)}}`);
  return Buffer.concat(pieces);
}

/** JSON without its brackets. */
const inner = (value: object): string => JSON.stringify(value).slice(1, -1);
