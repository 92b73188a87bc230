/** @module `npm run fleet`: a fleet of Windows devices in virtual time, and how its certificates fare. */
import { SingleBar } from 'cli-progress';
import { endQuietlyWhenClosed } from '../lib/base/closed-pipe.js';
import { messageOf, readCommand } from './command-line.js';
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

endQuietlyWhenClosed(process.stdout, process.stderr);
const command = readCommand(() => parseFleetCommand(process.argv.slice(2)), USAGE);
if (command) {
  await main(command).catch((thrown: unknown) => {
    process.stderr.write(`The fleet failed: ${messageOf(thrown)}\n`);
    process.exitCode = 1;
  });
}
