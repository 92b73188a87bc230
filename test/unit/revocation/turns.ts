/** Two pieces of work that run in turns, one step of one at a time: every order can be tried, and none takes luck. */

/** Work that waits at each `pause` until it is its turn. */
export type Player = (pause: () => Promise<void>) => Promise<void>;

/** Every order of so many steps of player 0 and so many of player 1. */
export function interleavings(first: number, second: number): number[][] {
  if (first === 0 || second === 0)
    return [[...Array<number>(first).fill(0), ...Array<number>(second).fill(1)]];
  return [
    ...interleavings(first - 1, second).map((rest) => [0, ...rest]),
    ...interleavings(first, second - 1).map((rest) => [1, ...rest]),
  ];
}

/** A step is what lies between two pauses. What is left to do after the order is done by turns. */
export async function playInOrder(order: readonly number[], players: readonly Player[]): Promise<void> {
  const seats = players.map(takeSeat);
  // What comes before the first pause nobody else can see.
  for (const seat of seats) await seat.step();
  for (const turn of order) await seats[turn]?.step();
  while (seats.some(({ isOver }) => !isOver())) for (const seat of seats) await seat.step();
  await Promise.all(seats.map(({ result }) => result));
}

function takeSeat(player: Player) {
  let over = false;
  let goOn = (): void => undefined;
  let paused = (): void => undefined;
  const pause = () =>
    new Promise<void>((resolve) => {
      goOn = resolve;
      paused();
    });
  const result = pause().then(() => player(pause));
  const end = () => {
    over = true;
    paused();
  };
  result.then(end, end);
  return {
    result,
    isOver: () => over,
    /** Until the next pause, or the end. */
    async step(): Promise<void> {
      if (over) return;
      const reached = new Promise<void>((resolve) => (paused = resolve));
      goOn();
      await reached;
    },
  };
}
