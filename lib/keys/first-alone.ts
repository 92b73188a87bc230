/**
 * @module Lets the first call of a client go alone. The vault's SDK sends its very first request without a body, to be
 * told how to sign in, and puts the body back when it is; but if another request is told first, it does not, and the
 * vault refuses what has nothing in it.
 */

/** @returns a wrapper for calls: the others wait until the first has ended, well or badly. */
export function letFirstGoAlone(): <T>(call: () => Promise<T>) => Promise<T> {
  let first: Promise<unknown> | undefined;
  return async (call) => {
    if (first) {
      await first;
      return call();
    }
    const leading = call();
    first = leading.catch(() => undefined);
    return leading;
  };
}
