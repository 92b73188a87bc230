/**
 * @module `npm run test:oracle`: whether the time of an answer tells why a message could not be read.
 *
 * Kinds of unreadable messages go to the whole handler in an order that chance decides, one at a time; then the times of
 * each kind are compared with those of the first.
 */
import { parseArgs } from 'node:util';
import { createDice } from '../../dev/fleet/dice.js';
import { createBench, post } from '../support/scep-bench.js';
import { createSamples, KINDS, type KindName } from './samples.js';
import { compareTimes, median, T_BOUND } from './statistics.js';

const USAGE = `npm run test:oracle -- [options]

  --tries N     of each kind; default 10000
  --mode NAME   ra (default): a key of its own opens the messages; ca: the CA's
  --kind NAME   compare these alone; may be given several times
  --seed N      default 1
  --json        the results as JSON

Exit codes: 0 no kind differs from the first, 1 one does.
`;

const { values } = parseArgs({
  options: {
    tries: { type: 'string', default: '10000' },
    mode: { type: 'string', default: 'ra' },
    kind: { type: 'string', multiple: true, default: Object.keys(KINDS) },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const SAMPLES = 64;
const WARM_UP = 300;

async function measure(): Promise<number> {
  const tries = Number(values.tries);
  const kinds = values.kind as KindName[];
  const dice = createDice(Number(values.seed));
  const bench = await createBench({ keys: values.mode === 'ca' ? 'b' : 'c' });
  const samples = kinds.map((kind) => createSamples(bench, kind, SAMPLES, dice));
  const times: number[][] = kinds.map(() => []);
  const order = kinds.flatMap((_, index) => Array.from({ length: tries }, () => index));
  for (let i = order.length - 1; i > 0; i--) {
    const j = dice.integer(i + 1);
    [order[i], order[j]] = [order[j] ?? 0, order[i] ?? 0];
  }
  const run = async (index: number): Promise<number> => {
    const message = samples[index]?.[dice.integer(SAMPLES)] ?? new Uint8Array();
    const request = post(message);
    const started = performance.now();
    const response = await bench.handle('static', '', request);
    const ms = performance.now() - started;
    if (response.status !== 200)
      throw new Error(`${kinds[index] ?? ''}: HTTP ${response.status} ${await response.text()}`);
    // What the bench keeps of every request would grow without end.
    bench.journal.length = 0;
    bench.log.length = 0;
    return ms * 1000;
  };
  for (let i = 0; i < WARM_UP; i++) await run(i % kinds.length);
  for (const index of order) times[index]?.push(await run(index));

  const [first = [], ...others] = times;
  const results = others.map((some, at) => ({
    kind: kinds[at + 1],
    medianUs: Math.round(median(some)),
    ...compareTimes(some, first),
  }));
  const report = {
    mode: values.mode,
    tries,
    against: kinds[0],
    medianUs: Math.round(median(first)),
    results,
  };
  if (values.json) console.log(JSON.stringify(report, null, 2));
  else {
    console.log(
      `${tries} tries of each kind, mode ${values.mode}; ${kinds[0]}: median ${report.medianUs} µs`,
    );
    for (const { kind, medianUs, t, difference, share } of results) {
      const verdict = Math.abs(t) > T_BOUND ? 'DIFFERS' : 'the same';
      console.log(
        `${kind}: median ${medianUs} µs, mean ${difference.toFixed(1)} µs more, t = ${t.toFixed(2)} over the fastest ${share * 100} %: ${verdict}`,
      );
    }
  }
  return results.some(({ t }) => Math.abs(t) > T_BOUND) ? 1 : 0;
}

if (values.help) console.log(USAGE);
else process.exitCode = await measure();
