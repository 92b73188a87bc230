/** @module `npm start`: the whole local cloud, until SIGTERM or Ctrl+C. */
import pc from 'picocolors';
import { messageOf } from './command-line.js';
import { localSettings } from './local-settings.js';
import { startLocalCloud, type LocalCloud } from './local-cloud.js';

const cloud = await start().catch((thrown: unknown) => {
  process.stderr.write(`The local cloud did not start: ${messageOf(thrown)}\n${adviceOn(thrown)}`);
  process.exit(1);
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    void cloud.close().then(() => process.exit(0));
  });
}
process.stdout.write(
  `ready: SCEP for Intune at ${cloud.ready.scep.intune}, all addresses in ${cloud.readyFile}\n`,
);

async function start(): Promise<LocalCloud> {
  return startLocalCloud({
    ...localSettings(process.env),
    log: ({ level, category, message }) => {
      if (category === 'host' && level === 'information') return;
      process.stderr.write(`${paint(level)} ${message}\n`);
    },
  });
}

function adviceOn(thrown: unknown): string {
  if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EADDRINUSE')) return '';
  return 'Next: stop what has the port, or name others, and a folder: SKEP_PORT, SKEP_SIM_PORT, SKEP_DATA_DIR.\n';
}

function paint(level: string): string {
  const colours: Record<string, (text: string) => string> = {
    warning: pc.yellow,
    error: pc.red,
    critical: pc.red,
  };
  return `${new Date().toISOString()} ${(colours[level] ?? pc.dim)(`[${level}]`)}`;
}
