/** @module `npm start`: the whole local cloud, until SIGTERM or Ctrl+C. */
import pc from 'picocolors';
import { localSettings } from './local-settings.js';
import { startLocalCloud } from './local-cloud.js';

const cloud = await startLocalCloud({
  ...localSettings(process.env),
  log: ({ level, category, message }) => {
    if (category === 'host' && level === 'information') return;
    process.stderr.write(`${paint(level)} ${message}\n`);
  },
}).catch((thrown: unknown) => {
  process.stderr.write(
    `The local cloud did not start: ${thrown instanceof Error ? thrown.message : String(thrown)}\n`,
  );
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

function paint(level: string): string {
  const colours: Record<string, (text: string) => string> = {
    warning: pc.yellow,
    error: pc.red,
    critical: pc.red,
  };
  return `${new Date().toISOString()} ${(colours[level] ?? pc.dim)(`[${level}]`)}`;
}
