/** @module Where an app is and how its host.json wants it to be hosted. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { HostError } from './errors.js';

/** The parts of host.json that the local host knows. Others are allowed; see `unreproduced`. */
export interface HostJson {
  readonly version?: string;
  readonly extensions?: {
    readonly http?: {
      /** Default `api`, as in Azure. */
      readonly routePrefix?: string;
      readonly customHeaders?: Readonly<Record<string, string>>;
    };
  };
}

/** A deployable folder (host.json, package.json with `main`), or a bundle and the host.json that it will have. */
export type AppLocation =
  { readonly appDir: string } | { readonly bundle: string; readonly hostJson: HostJson };

/** @throws {HostError} `ERR_HOST_JSON` */
export function locateApp(location: AppLocation): { bundle: string; hostJson: HostJson } {
  if ('bundle' in location) {
    return { bundle: resolve(location.bundle), hostJson: assertHostJson(location.hostJson, 'host.json') };
  }
  const { appDir } = location;
  const manifest = readJson(join(appDir, 'package.json'));
  const main = 'main' in manifest ? manifest.main : undefined;
  if (typeof main !== 'string') throw new HostError('ERR_HOST_JSON', `${appDir}/package.json names no main.`);
  return { bundle: resolve(appDir, main), hostJson: readHostJson(join(appDir, 'host.json')) };
}

/** @throws {HostError} `ERR_HOST_JSON` */
export function readHostJson(path: string): HostJson {
  return assertHostJson(readJson(path), path);
}

/** Names of settings under `extensions` that Azure would act on and this host does not. */
export function unreproduced(hostJson: HostJson): string[] {
  const known = ['routePrefix', 'customHeaders'];
  return Object.entries(hostJson.extensions ?? {}).flatMap(([extension, settings]) =>
    Object.keys(settings as object)
      .filter((name) => extension !== 'http' || !known.includes(name))
      .map((name) => `extensions.${extension}.${name}`),
  );
}

function assertHostJson(value: HostJson, path: string): HostJson {
  if (value.version !== '2.0') throw new HostError('ERR_HOST_JSON', `${path} must say "version": "2.0".`);
  return value;
}

function readJson(path: string): object {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof value === 'object' && value !== null) return value;
  } catch (error) {
    throw new HostError('ERR_HOST_JSON', `${path}: ${String(error)}`, error);
  }
  throw new HostError('ERR_HOST_JSON', `${path} is not a JSON object.`);
}
