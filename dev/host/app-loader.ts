/**
 * @module Loads an app bundle (CommonJS files in one folder, everything inside but `@azure/functions-core`).
 *
 * A worker process answers `require('@azure/functions-core')` by patching `Module.prototype.require`, and holds one
 * app for life. Here several apps, or the same one several times, live in one process. So each file of the bundle is
 * compiled as its own function each time, with a `require` and a `process` of its own: the answer to
 * `@azure/functions-core` needs no global patch, every start gets fresh module state (the library inside the bundle
 * keeps its registrations there), nothing enters `require.cache`, and each app sees its own environment.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { compileFunction, constants } from 'node:vm';
import { HostError } from './errors.js';

/** An app's whole environment, as `process.env` shows it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Runs the bundle to its end; what it registers goes to `coreApi`.
 * @param bundle absolute path of the entry; it finds its other files as `./NAME`.
 * @param coreApi what `require('@azure/functions-core')` answers inside.
 * @param environment becomes the app's `process.env`. `globalThis.process` stays the real one.
 * @throws {HostError} `ERR_HOST_LOAD` with the bundle's own error as cause.
 */
export function loadApp(bundle: string, coreApi: object, environment: Environment): void {
  const folder = dirname(bundle);
  const appProcess = processWith(environment);
  const own: Readonly<Record<string, unknown>> = {
    '@azure/functions-core': coreApi,
    process: appProcess,
    'node:process': appProcess,
  };
  const nodeRequire = createRequire(bundle);
  const loaded = new Map<string, AppModule>();
  const appRequire = Object.assign(
    (id: string): unknown => {
      if (Object.hasOwn(own, id)) return own[id];
      return id.startsWith('./') ? load(join(folder, id)) : nodeRequire(id);
    },
    { resolve: nodeRequire.resolve, cache: nodeRequire.cache, main: undefined },
  );

  /** Once, as Node does: who asks meanwhile gets what is there already, and a file that throws is tried again. */
  function load(file: string): unknown {
    const known = loaded.get(file);
    if (known) return known.exports;
    const module = { exports: {}, id: file, filename: file, loaded: false, children: [], paths: [] };
    loaded.set(file, module);
    try {
      const run = compileFunction(
        readFileSync(file, 'utf8'),
        ['exports', 'require', 'module', '__filename', '__dirname', 'process'],
        { filename: file, importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER },
      ) as (...parameters: unknown[]) => void;
      run.call(module.exports, module.exports, appRequire, module, file, folder, appProcess);
    } catch (error) {
      loaded.delete(file);
      throw error;
    }
    return module.exports;
  }

  try {
    load(bundle);
  } catch (error) {
    throw new HostError('ERR_HOST_LOAD', `${bundle}: ${String(error)}`, error);
  }
}

interface AppModule {
  readonly exports: unknown;
}

/** The real process in everything but its environment. */
function processWith(environment: Environment): NodeJS.Process {
  const env: NodeJS.ProcessEnv = {};
  for (const [name, value] of Object.entries(environment)) if (value !== undefined) env[name] = value;
  return new Proxy(process, {
    get: (target, key): unknown => (key === 'env' ? env : Reflect.get(target, key)),
  });
}
