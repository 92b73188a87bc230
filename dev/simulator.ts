/** @module `npm run simulator`: the Intune simulator alone, for any SCEP server that wants to talk to it. */
import { parseArgs } from 'node:util';
import { createLogger } from '../lib/base/log.js';
import { parsePort, readCommand } from './command-line.js';
import { listSettings } from './intune/control/settings.js';
import { defaultSeed, SEED_IDS } from './intune/seed.js';
import { startIntuneSimulator } from './intune/server.js';

const USAGE = `Usage: npm run simulator -- [options]

  --port N              TCP port on 127.0.0.1 (SKEP_SIM_PORT; default 7072; 0 for a free one)
  --scep-url URL        SCEP server that the seeded profile names
  --ca-thumbprint HEX   SHA-1 of the CA certificate that devices expect there
  --no-control          leave the control API /_sim/ off
  --verbose             one line for each call
  --json                print the settings as JSON
  --help
`;

type SimulatorCommand = ReturnType<typeof parseCommand>;

function parseCommand() {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: process.env['SKEP_SIM_PORT'] ?? '7072' },
      'scep-url': { type: 'string' },
      'ca-thumbprint': { type: 'string' },
      'no-control': { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  return { ...values, port: parsePort('--port', values.port) };
}

const command = readCommand(parseCommand, USAGE);
if (command?.help) process.stdout.write(USAGE);
else if (command) await run(command);

async function run(values: SimulatorCommand): Promise<void> {
  const scepUrl = values['scep-url'];
  const thumbprint = values['ca-thumbprint'];
  const simulator = await startIntuneSimulator({
    port: values.port,
    control: !values['no-control'],
    seed: defaultSeed({
      ...(scepUrl !== undefined && { serverUrls: [scepUrl] }),
      ...(thumbprint !== undefined && { caThumbprint: thumbprint.toUpperCase() }),
    }),
    log: createLogger(
      (_level, line) => process.stderr.write(`${line}\n`),
      values.verbose ? 'debug' : 'error',
    ),
  });
  // Nothing else holds the process: it ends when the port is closed.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void simulator.close());
  }
  const settings = {
    ...listSettings(simulator.state, simulator.url),
    deviceId: SEED_IDS.device,
    profileId: SEED_IDS.profile,
  };
  if (values.json) process.stdout.write(`${JSON.stringify(settings)}\n`);
  else {
    process.stdout.write(`Intune simulator at ${simulator.url}\n`);
    for (const [name, value] of Object.entries(settings)) {
      process.stdout.write(`  ${name.padEnd(22)} ${value}\n`);
    }
  }
}
