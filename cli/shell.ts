/** @module Words for a command that somebody is to copy. */

/** As it is where a shell takes it for one word, else in single quotes. */
export const quoteForShell = (word: string): string =>
  /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
