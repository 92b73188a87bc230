/**
 * @module The deployable in the local host as a process of its own, whose time its parent moves. It takes one argument
 * (JSON of `ServerMainOptions`), tells its address, carries out orders, and ends with its parent.
 */
import { moveTime } from './movable-time.js';
import { measureMemory } from '../fuzz/memory.js';
import { readHostJson } from '../../dev/host/host-json.js';
import { startLocalHost } from '../../dev/host/host.js';

export interface ServerMainOptions {
  readonly bundle: string;
  /** Path of host.json. */
  readonly hostJson: string;
  /** 0: a free one. */
  readonly port: number;
  /** How far the process begins ahead of the system's clock. */
  readonly aheadMs: number;
  readonly environment: Readonly<Record<string, string>>;
}

export type ServerWish =
  { readonly moveMs: number } | { readonly timer: string } | { readonly measure: 'memory' };
export type ServerOrder = ServerWish & { readonly id: number };

/** MiB. */
export interface ServerMemory {
  /** Heap and buffers after a garbage collection. */
  readonly live: number;
  readonly resident: number;
}

export type ServerReport =
  | { readonly url: string }
  | { readonly id: number; readonly failure?: string; readonly memory?: ServerMemory };

const options = JSON.parse(process.argv[2] ?? '{}') as ServerMainOptions;
moveTime(options.aheadMs);
const host = await startLocalHost({
  bundle: options.bundle,
  hostJson: readHostJson(options.hostJson),
  port: options.port,
  environment: options.environment,
  log: ({ level, message }) => process.stdout.write(`[${level}] ${message}\n`),
});

const report = (message: ServerReport): void => {
  process.send?.(message);
};

async function carryOut(order: ServerOrder): Promise<{ readonly memory?: ServerMemory }> {
  if ('measure' in order) {
    const live = await measureMemory();
    return { memory: { live, resident: process.memoryUsage().rss / 2 ** 20 } };
  }
  if ('moveMs' in order) moveTime(order.moveMs);
  else await host.invokeTimer(order.timer);
  return {};
}

process.on('message', (order: ServerOrder) => {
  carryOut(order).then(
    (result) => {
      report({ id: order.id, ...result });
    },
    (thrown: unknown) => {
      report({ id: order.id, failure: String(thrown) });
    },
  );
});
process.once('disconnect', () => process.exit(0));
process.once('SIGTERM', () => void host.close().then(() => process.exit(0)));
report({ url: host.url });
