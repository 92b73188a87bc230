/**
 * @module Runs a built Functions app in this process, as Azure would: the very bundle that is deployed, through the
 * real `@azure/functions`, over real HTTP. Start reading here.
 */
import { type Environment, loadApp } from './app-loader.js';
import { createCoreApi, type ProgrammingModel, type Registrations } from './core-api.js';
import { HostError } from './errors.js';
import { type AppFunction, type AuthLevel, tabulateFunctions } from './function-table.js';
import { type AppLocation, locateApp, unreproduced } from './host-json.js';
import type { HostLog } from './host-log.js';
import { DEFAULT_LIMITS, type HttpLimits, listen } from './http-server.js';
import { createInvoker } from './invoker.js';
import { createKeyGuard } from './keys.js';
import { createRouter } from './router.js';
import { createTimerSet } from './timer-set.js';

export type LocalHostOptions = AppLocation & {
  /** 0 = any free one. */
  readonly port: number;
  /** Default `127.0.0.1`. */
  readonly address?: string;
  /** True: functions above `anonymous`, and `/admin`, want the master key (else 401). Default false. */
  readonly enforceKeys?: boolean;
  /** The app's whole environment, and the host's settings. Default: that of this process. */
  readonly environment?: Environment;
  readonly limits?: Partial<HttpLimits>;
  readonly log: HostLog;
};

interface HostedFunction {
  readonly name: string;
  readonly trigger: 'http' | 'timer';
  /** With the prefix of host.json. */
  readonly route?: string;
  readonly methods?: readonly string[];
  readonly authLevel?: AuthLevel;
  /** After `%SETTING%` was filled in. */
  readonly schedule?: string;
}

export interface LocalHost {
  /** Without a slash at the end. */
  readonly url: string;
  readonly port: number;
  readonly functions: readonly HostedFunction[];
  /** The version of `@azure/functions` in the bundle. */
  readonly modelVersion: string;
  /** New at each start. */
  readonly masterKey: string;
  /**
   * Runs a timer function once, after a run that is under way; resolves at its end, rejects with what it threw.
   * @throws {HostError} `ERR_HOST_TIMER_UNKNOWN`
   */
  invokeTimer(name: string): Promise<void>;
  /** Answers what is under way, then stops everything. Calling it again waits for the same end. */
  close(): Promise<void>;
}

const DEFAULT_ROUTE_PREFIX = 'api';
const DEFAULT_BODY_LIMIT_BYTES = 104_857_600;

/**
 * Loads the app, then listens, then starts its timers.
 * @throws {HostError} when the app would not start in Azure either, or would start without functions (which
 * Azure does in silence), or asks for something that this host does not do.
 */
export async function startLocalHost(options: LocalHostOptions): Promise<LocalHost> {
  const { log, address = '127.0.0.1', environment = process.env } = options;
  const { bundle, hostJson } = locateApp(options);
  for (const name of unreproduced(hostJson)) {
    log({
      level: 'warning',
      category: 'host',
      message: `host.json: ${name} has no effect in the local host`,
    });
  }

  const { api, registrations } = createCoreApi(log);
  loadApp(bundle, api, environment);
  const model = await startApp(registrations, bundle);
  const functions = tabulateFunctions(registrations.functions);
  const httpFunctions = functions.filter((one) => one.trigger === 'http');
  const timerFunctions = functions.filter((one) => one.trigger === 'timer');

  const { routePrefix = DEFAULT_ROUTE_PREFIX, customHeaders = {} } = hostJson.extensions?.http ?? {};
  const router = createRouter(httpFunctions, routePrefix);
  const invoke = createInvoker(model, registrations.hooks, log);
  const timers = createTimerSet(timerFunctions, environment, invoke);
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const keys = createKeyGuard(options.enforceKeys ?? false);
  const server = await listen(
    {
      router,
      invoke,
      keys,
      customHeaders,
      log,
      bodyLimitBytes: bodyLimit(environment),
      limits,
      startTimer: (name) => {
        const run = timers.run(name);
        // Nobody waits for this run; the invoker logs its failure.
        run?.catch(() => undefined);
        return run !== undefined;
      },
    },
    address,
    options.port,
  );
  timers.start();

  let closed: Promise<void> | undefined;
  async function close(): Promise<void> {
    await Promise.all([server.close(), within(limits.closeGraceMs, timers.stop())]);
    for (const hook of registrations.hooks.appTerminate) await hook({ hookData: {} });
  }
  return {
    url: server.url,
    port: server.port,
    functions: functions.map((one) => describe(one, routePrefix, timers.scheduleOf(one.name))),
    modelVersion: model.version,
    masterKey: keys.masterKey,
    invokeTimer: async (name) => {
      const run = timers.run(name);
      if (!run) throw new HostError('ERR_HOST_TIMER_UNKNOWN', `"${name}"`);
      await run;
    },
    close: () => (closed ??= close()),
  };
}

/** The end of an app's start, in the worker's order: hooks, capabilities, no more registrations. */
async function startApp(registrations: Registrations, bundle: string): Promise<ProgrammingModel> {
  const model = registrations.model();
  if (registrations.functions.length === 0 || !model) {
    throw new HostError(
      'ERR_HOST_NO_FUNCTIONS',
      `${bundle}: @azure/functions must be in the bundle, and only @azure/functions-core outside.`,
    );
  }
  if (model.name !== '@azure/functions' || !model.version.startsWith('4.')) {
    throw new HostError('ERR_HOST_MODEL', `It uses ${model.name} ${model.version}.`);
  }
  for (const hook of registrations.hooks.appStart) await hook({ hookData: {} });
  const capabilities = await model.getCapabilities({});
  if ('HttpUri' in capabilities) {
    throw new HostError('ERR_HOST_FUNCTION', 'HTTP streams are on, which the local host does not do.');
  }
  registrations.lock();
  return model;
}

/** Waits for the work, but no longer than that. */
async function within(limitMs: number, work: Promise<void>): Promise<void> {
  let alarm: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    alarm = setTimeout(resolve, limitMs);
  });
  await Promise.race([work, limit]);
  clearTimeout(alarm);
}

function describe(one: AppFunction, prefix: string, schedule: string | undefined): HostedFunction {
  const { name, trigger } = one;
  if (trigger === 'timer') return { name, trigger, ...(schedule !== undefined && { schedule }) };
  const route = prefix ? `${prefix}/${one.route}` : one.route;
  return { name, trigger, route, methods: one.methods, authLevel: one.authLevel };
}

function bodyLimit({ FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: text }: Environment): number {
  if (!text) return DEFAULT_BODY_LIMIT_BYTES;
  if (!/^\d+$/.test(text)) {
    throw new HostError('ERR_HOST_SETTING', `FUNCTIONS_REQUEST_BODY_SIZE_LIMIT is "${text}".`);
  }
  return Number(text);
}
