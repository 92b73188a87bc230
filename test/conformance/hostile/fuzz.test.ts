/** A short run of every fuzzer, as `npm run fuzz` makes a long one; and that one would notice what is wrong. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { projectRoot } from '../../../dev/project-root.js';
import { createDice } from '../../../dev/fleet/dice.js';
import { SkepError } from '../../../lib/base/errors.js';
import { compare, execute } from '../../fuzz/execute.js';
import { createFindings } from '../../fuzz/findings.js';
import type { FuzzResult } from '../../fuzz/fuzz.js';
import { mutate } from '../../fuzz/mutator.js';
import { Broken, type Target } from '../../fuzz/target.js';
import { ACCEPTED, judge, refused } from '../../fuzz/verdict.js';
import { runCommand } from '../../support/run-command.js';

const RUNS = 100;
const TIMEOUT_MS = 170_000;
const NAMES = [
  'der',
  'pki-message',
  'envelope',
  'certificate',
  'csr',
  'ocsp',
  'challenge',
  'query',
  'handler',
  'request',
];

it('finds nothing in some executions of each target', { timeout: TIMEOUT_MS }, async () => {
  const script = join(projectRoot(), 'scripts', 'run.mjs');
  const options = [
    '--json',
    '--runs',
    `${RUNS}`,
    '--guided',
    `${RUNS - 20}`,
    '--seed',
    '8894',
    '--openssl',
    '1',
  ];
  const { stdout, output } = await runCommand(process.execPath, [script, 'test/fuzz/main.ts', ...options], {
    timeoutMs: TIMEOUT_MS,
  });
  expect(stdout, output).toMatch(/^\[/);
  const results = JSON.parse(stdout) as readonly FuzzResult[];
  expect(results.map(({ target }) => target)).toEqual(NAMES);
  for (const { target, executions, corpus, functions, findings } of results) {
    expect(findings, target).toEqual([]);
    expect(executions, target).toBe(RUNS);
    expect(corpus, target).toBeGreaterThan(0);
    expect(functions, target).toBeGreaterThan(0);
  }
});

/** A reader with faults: it breaks a promise for one octet and crashes at another. */
const faulty: Target = {
  name: 'csr',
  about: 'for this test',
  grammar: 'der',
  seeds: () => [Uint8Array.of(0x30, 1, 0)],
  run(input) {
    if (input.includes(0x17)) throw new Broken('a promise');
    if (input.includes(0x18)) throw new TypeError('a crash');
    return judge(() => {
      throw new SkepError('ERR_DER', { detail: 'truncated' });
    }, ['ERR_DER']);
  },
};

it('the same seed makes the same inputs, another seed others', () => {
  const make = (seed: number) => {
    const dice = createDice(seed);
    return Array.from({ length: 100 }, () =>
      Buffer.from(mutate(faulty, faulty.seeds(), dice)).toString('hex'),
    );
  };
  expect(make(1)).toEqual(make(1));
  expect(make(2)).not.toEqual(make(1));
});

it('what breaks a promise, crashes, or is read differently, is found', async () => {
  const findings = createFindings('csr');
  const dice = createDice(1);
  for (let i = 0; i < 3000; i++) {
    await execute(faulty, mutate(faulty, faulty.seeds(), dice), findings, false);
  }
  expect(new Set(findings.list.map(({ kind }) => kind))).toEqual(new Set(['broken', 'crash']));
  const tally = new Map<string, number>();
  const see = (ours = ACCEPTED, theirs = ACCEPTED) => {
    compare(faulty, 'openssl', Uint8Array.of(1), ours, theirs, findings, tally);
  };
  see(refused('ERR_CSR_MALFORMED: truncated'));
  expect(tally.size).toBe(1);
  const before = findings.list.length;
  // Nothing in the table lets a request be issued that openssl cannot read.
  see(ACCEPTED, refused('wrong tag'));
  expect(findings.list.slice(before).map(({ kind }) => kind)).toEqual(['difference']);
});
