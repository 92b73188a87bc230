/** @module The story as data: chapters of entries, in the order in which things happened. */
import type { Clock } from '../../lib/base/clock.js';

/** Who does it. */
export type Actor = 'person' | 'device' | 'intune' | 'ca';

/** What kind of thing it is. */
export type EntryKind = 'act' | 'syncml' | 'registry' | 'task' | 'http' | 'step' | 'event';

export interface Entry {
  /** On the story's clock. */
  readonly at: Date;
  readonly actor: Actor;
  readonly kind: EntryKind;
  readonly title: string;
  /** One line each. */
  readonly facts: readonly string[];
  /** The message as it went over the wire, indented, without secrets. */
  readonly xml?: string;
  readonly tone?: 'good' | 'bad';
}

export interface Chapter {
  readonly title: string;
  readonly intro: string;
  readonly entries: readonly Entry[];
}

export type EntryDraft = Omit<Entry, 'at' | 'facts'> & { readonly facts?: readonly string[] };

export interface Recorder {
  chapter(title: string, intro: string): void;
  /** @returns the entry, to be named as `after` of a later one. */
  add(draft: EntryDraft, after?: Entry): Entry;
  chapters(): readonly Chapter[];
}

export function createRecorder(clock: Clock): Recorder {
  const chapters: { readonly title: string; readonly intro: string; readonly entries: Entry[] }[] = [];
  return {
    chapter(title, intro) {
      chapters.push({ title, intro, entries: [] });
    },
    add(draft, after) {
      const entry: Entry = { at: after?.at ?? clock.now(), facts: [], ...draft };
      const entries = chapters.findLast((chapter) => !after || chapter.entries.includes(after))?.entries;
      if (!entries) throw new Error('the story has no chapter yet');
      entries.splice(after ? entries.indexOf(after) + 1 : entries.length, 0, entry);
      return entry;
    },
    chapters: () => chapters,
  };
}
