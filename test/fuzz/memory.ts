/** @module What this process holds after a garbage collection. */
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Buffers outside of the heap are given back behind a collection, not in it. */
const ROUNDS = 2;

/** MiB of heap and of buffers outside of it. */
export async function measureMemory(): Promise<number> {
  for (let round = 0; round < ROUNDS; round++) {
    collectGarbage();
    await setImmediate();
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 2 ** 20;
}
