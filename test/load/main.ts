/** @module `npm run load`: prepares requests, has k6 send them, says what became of it. */
import { readFileSync } from 'node:fs';
import { createProgress } from '../support/progress.js';
import { findGoTool, provideGoTool } from '../support/go-tools.js';
import { parseLoadCommand, USAGE, type LoadCommand } from './options.js';
import { prepareLoad } from './prepare.js';
import { runK6 } from './run-k6.js';
import { openTarget } from './target.js';

async function main(command: LoadCommand): Promise<boolean> {
  const { scenario, devices, seconds, connections, json } = command;
  const tell = (text: string) => (json ? undefined : process.stderr.write(`${text}\n`));
  const k6 = command.k6 ?? findGoTool('k6') ?? (await provideGoTool('k6', tell));
  const target = await openTarget(command, tell);
  const progress = createProgress(json);
  try {
    const { requests, ocspUrl } = await prepareLoad(target, scenario, devices, progress);
    const { held, figures } = await runK6({
      k6,
      plan: {
        scenario,
        target: target.description,
        scepUrl: target.scepUrl,
        ocspUrl,
        devices,
        seconds,
        connections,
        limits: { scepP95Ms: command.scepP95Ms, ocspP95Ms: command.ocspP95Ms },
      },
      requests,
      report: command.report,
      quiet: json,
    });
    if (json) process.stdout.write(readFileSync(figures, 'utf8'));
    tell(`The report is ${command.report}; the figures are beside it.`);
    return held;
  } finally {
    progress.end();
    await target.close();
  }
}

try {
  const command = parseLoadCommand(process.argv.slice(2), process.env);
  if (command.help) process.stdout.write(USAGE);
  else process.exitCode = (await main(command)) ? 0 : 1;
} catch (thrown) {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  process.stderr.write(`The load test failed: ${message}\nnpm run load -- --help tells how it is used.\n`);
  process.exitCode = thrown instanceof RangeError || thrown instanceof TypeError ? 2 : 1;
}
