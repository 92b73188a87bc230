/** @module What a big store costs beside a small one: `npm run bench:store` in a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { CrlCost } from './store-measurements.js';

export interface StoreFigures {
  readonly certificates: number;
  readonly crl: CrlCost;
  /** Time with the big store by time with a thousand rows, by operation. */
  readonly ratios: Readonly<Record<string, number>>;
  /** What was above its limit. */
  readonly exceeded: readonly string[];
}

export async function measureStore(certificates: number): Promise<StoreFigures> {
  const args = [
    'scripts/run.mjs',
    'test/bench/store-scale.ts',
    '--json',
    '--certificates',
    String(certificates),
  ];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [output] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  if (output === '') throw new Error('bench:store told nothing');
  return JSON.parse(output) as StoreFigures;
}
