/** @module Runs k6: the scripts are bundled to one file each, because k6 knows neither TypeScript's names nor npm's. */
import { spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { build } from 'rolldown';
import { projectRoot } from '../../dev/project-root.js';
import type { LoadPlan, LoadRequests } from './plan.js';

export interface K6Run {
  /** Path of the program. */
  readonly k6: string;
  readonly plan: LoadPlan;
  readonly requests: LoadRequests;
  /** HTML; the figures lie beside it as JSON. */
  readonly report: string;
  /** Nothing on standard output. */
  readonly quiet: boolean;
}

/** k6's own code for a threshold that did not hold. */
const THRESHOLDS_MISSED = 99;

/**
 * @returns where the figures are, and whether all conditions held.
 * @throws {Error} when k6 itself failed.
 */
export async function runK6(run: K6Run): Promise<{ readonly held: boolean; readonly figures: string }> {
  const { plan } = run;
  const folder = join(projectRoot(), 'out', 'load');
  const report = resolve(run.report);
  const figures = report.replace(/(\.html?)?$/i, '.json');
  for (const path of [folder, dirname(report)]) mkdirSync(path, { recursive: true });
  const script = join(folder, `${plan.scenario}.js`);
  const files = {
    SKEP_LOAD_PLAN: join(folder, `${plan.scenario}.plan.json`),
    SKEP_LOAD_REQUESTS: join(folder, `${plan.scenario}.requests.json`),
  };
  await build({
    input: join(projectRoot(), 'test', 'load', 'k6', `${plan.scenario}.ts`),
    transform: { target: 'es2020' },
    external: /^k6($|\/)/,
    output: { file: script, format: 'es' },
  });
  writeFileSync(files.SKEP_LOAD_PLAN, JSON.stringify(plan));
  // Challenges are in the requests, encrypted to the server; they are deleted all the same.
  writeFileSync(files.SKEP_LOAD_REQUESTS, JSON.stringify(run.requests), { mode: 0o600 });
  try {
    const code = await spawnK6(run, script, {
      ...files,
      SKEP_LOAD_REPORT: report,
      SKEP_LOAD_FIGURES: figures,
      SKEP_LOAD_STARTED: new Date().toISOString(),
    });
    if (code !== 0 && code !== THRESHOLDS_MISSED) throw new Error(`k6 ended with ${String(code)}`);
    return { held: code === 0, figures };
  } finally {
    rmSync(files.SKEP_LOAD_REQUESTS, { force: true });
  }
}

function spawnK6(
  { k6, quiet }: K6Run,
  script: string,
  environment: Readonly<Record<string, string>>,
): Promise<number | null> {
  const isTerminal = process.stdout.isTTY && !quiet;
  const child = spawn(k6, ['run', ...(isTerminal ? [] : ['--quiet']), '--no-usage-report', script], {
    stdio: ['ignore', quiet ? 'ignore' : 'inherit', 'inherit'],
    env: { ...process.env, ...environment },
  });
  return new Promise((done, failed) => {
    child.once('error', failed).once('exit', done);
  });
}
