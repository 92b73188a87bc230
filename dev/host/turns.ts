/**
 * @module Lets a few requests begin in each turn of the event loop, in the order in which they came.
 *
 * Node.js accepts one connection in each turn (libuv's `uv__server_io`). A turn in which hundreds of requests begin takes
 * so long that whoever is not connected yet waits for minutes: new clients, and the app itself at a simulator in this
 * process. In Azure that cannot happen: the Functions host accepts, whatever its worker does.
 */

/** Small, because what the requests before them go on with is done in the same turn. */
const PER_TURN = 4;

/** @returns what to wait for before a request begins; nothing where there is room in this turn. */
export function createTurns(perTurn = PER_TURN): () => Promise<void> | undefined {
  const waiting: (() => void)[] = [];
  let begun = 0;
  let next: NodeJS.Immediate | undefined;

  function turn(): void {
    const due = waiting.splice(0, perTurn);
    begun = due.length;
    next = begun > 0 ? setImmediate(turn) : undefined;
    for (const begin of due) begin();
  }

  return () => {
    next ??= setImmediate(turn);
    if (begun < perTurn) {
      begun++;
      return undefined;
    }
    return new Promise((resolve) => waiting.push(resolve));
  };
}
