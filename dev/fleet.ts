/** @module `npm run fleet`: a fleet of Windows devices in virtual time, and how its certificates fare. */
import { SingleBar } from 'cli-progress';
import { parseFleetCommand, USAGE, type FleetCommand } from './fleet/options.js';
import { formatFleet } from './fleet/print.js';
import { runFleet } from './fleet/run.js';

async function main({ json, help, ...options }: FleetCommand): Promise<void> {
  if (help) {
    process.stdout.write(USAGE);
    return;
  }
  const bar = process.stderr.isTTY
    ? new SingleBar({ format: '{bar} day {value} of {total}, {eta_formatted} to go', stream: process.stderr })
    : undefined;
  const started = performance.now();
  bar?.start(options.days, 0);
  try {
    const report = await runFleet(options, (done) => bar?.update(done));
    bar?.stop();
    const elapsedMs = Math.round(performance.now() - started);
    process.stdout.write(
      json
        ? `${JSON.stringify({ ...options, elapsedMs, ...report }, null, 2)}\n`
        : formatFleet(options, report, elapsedMs),
    );
  } finally {
    bar?.stop();
  }
}

/** @returns undefined, and the exit code of a wrong command line, when there is no sense in it. */
function readCommand(): FleetCommand | undefined {
  try {
    return parseFleetCommand(process.argv.slice(2));
  } catch (thrown) {
    process.stderr.write(`${messageOf(thrown)}\n\n${USAGE}`);
    process.exitCode = 2;
    return undefined;
  }
}

const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

const command = readCommand();
if (command) {
  await main(command).catch((thrown: unknown) => {
    process.stderr.write(`The fleet failed: ${messageOf(thrown)}\n`);
    process.exitCode = 1;
  });
}
