/** @module What a fuzzer works on: a reader of ours, where its inputs come from, and whom it is compared with. */

export interface Verdict {
  readonly accepted: boolean;
  /** Why not: the code, and the detail where there is one. */
  readonly reason: string;
}

/** Somebody else's reader of the same structure. */
export interface Reference {
  readonly name: string;
  /** Of how many executions one is compared: other readers are slow. */
  readonly every: number;
  readonly read: (input: Uint8Array) => Verdict;
}

/** openssl as a reader of the same structure; starting it is slow, so the corpus is enough. */
export interface ReferenceProgram {
  /** Arguments of openssl; the name of the input's file follows them. */
  readonly args: readonly string[];
}

export interface Target {
  readonly name: string;
  /** What is fuzzed, in a few words. */
  readonly about: string;
  /** `der`: inputs are trees of elements; `text`: they are ASCII. */
  readonly grammar: 'der' | 'text';
  /** For `text`: words that are worth inserting. */
  readonly words?: readonly string[];
  readonly seeds: () => readonly Uint8Array[];
  /**
   * Reads the input and checks what must hold of the result.
   * @throws {Broken} when it does not hold; anything else that is thrown is a crash.
   */
  readonly run: (input: Uint8Array) => Verdict | Promise<Verdict>;
  /**
   * Executions between two looks at coverage. When one reached something new, the batch runs again by halves, so a target
   * whose execution costs more than a look wants few. Default 256.
   */
  readonly batch?: number;
  readonly references?: readonly Reference[];
  readonly program?: ReferenceProgram;
}

/** Something that must always hold does not. */
export class Broken extends Error {}

export function assertHolds(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Broken(what);
}
