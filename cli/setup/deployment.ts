/** @module Which deployment is set up: named by options, by its outputs, or the local cloud. */
import { localSetup } from '../ready-file.js';
import { usageError, type Terminal } from '../terminal.js';
import { findAzdOutputs, readOutputs, type Outputs } from './outputs.js';

export interface Deployment {
  /** For people: where its facts come from. */
  readonly source: string;
  /** The identity: object id, client id, or name of its service principal. */
  readonly identity: string;
  readonly tenant?: string;
  /** Address of the app’s health; absent: unknown. */
  readonly health?: string;
  readonly ca: CaPlace;
  readonly local: boolean;
}

/** Where the CA is made. `none`: nobody said. `files`: it is there, in a folder of the local cloud. */
export type CaPlace =
  | { readonly kind: 'none' | 'files' | 'localVault' }
  | {
      readonly kind: 'vault';
      readonly vault: string;
      readonly blobs: string;
      readonly tables: string;
      readonly key: string;
      readonly mode: string;
    };

export interface RawDeploymentOptions {
  readonly identity?: string;
  readonly outputs?: string;
  readonly env?: string;
  readonly app?: string;
  readonly tenant?: string;
}

/**
 * @param folder where azure.yaml would be.
 * @throws {CliError} when nothing says which deployment is meant.
 */
export function findDeployment(raw: RawDeploymentOptions, terminal: Terminal, folder = '.'): Deployment {
  const named = raw.outputs ?? (raw.env === undefined ? undefined : azdFile(folder, raw.env));
  if (named !== undefined) return fromOutputs(named, raw);
  if (raw.identity !== undefined) return fromOptions(raw.identity, raw);
  const local = localSetup(terminal);
  if (local) {
    return {
      source: 'the local cloud',
      identity: local.identity,
      health: local.health,
      ca: { kind: local.vault ? 'localVault' : 'files' },
      local: true,
    };
  }
  const azd = findAzdOutputs(folder);
  if (azd !== undefined) return fromOutputs(azd, raw);
  throw usageError(
    'Nothing says which deployment is meant.',
    'Run it where `azd up` ran, or give --outputs FILE, or --identity ID.',
  );
}

function azdFile(folder: string, name: string): string {
  const file = findAzdOutputs(folder, name);
  if (file !== undefined) return file;
  throw usageError(`There is no azd environment ${name} here.`, 'List them with `azd env list`.');
}

function fromOptions(identity: string, raw: RawDeploymentOptions): Deployment {
  return { source: 'the options', identity, ca: { kind: 'none' }, local: false, ...common(raw) };
}

function fromOutputs(file: string, raw: RawDeploymentOptions): Deployment {
  const outputs = readOutputs(file);
  const identity = raw.identity ?? outputs('identityPrincipalId');
  if (identity === undefined)
    throw usageError(`${file} names no identity.`, 'Is the deployment done? Else give --identity ID.');
  const tenant = raw.tenant ?? outputs('AZURE_TENANT_ID');
  const app = raw.app ?? outputs('statusUrl');
  return {
    source: file,
    identity,
    ca: caOf(outputs),
    local: false,
    ...common({ ...raw, ...(tenant ? { tenant } : {}), ...(app ? { app } : {}) }),
  };
}

/** Id or domain; it also goes into commands that somebody else runs. */
export const TENANT: RegExp = /^[\w.-]{1,253}$/;

/** @throws {CliError} for an address that is none. */
function common({ app, tenant }: RawDeploymentOptions): Pick<Deployment, 'health' | 'tenant'> {
  const url = app !== undefined && URL.canParse(app) ? new URL(app) : undefined;
  if (app !== undefined && url?.protocol !== 'https:')
    throw usageError(`--app ${app} is no https address.`, 'It looks like https://contoso.azurewebsites.net.');
  if (tenant !== undefined && !TENANT.test(tenant))
    throw usageError(`--tenant ${tenant} is no tenant.`, 'Give its id, or one of its domains.');
  return {
    ...(tenant === undefined ? {} : { tenant }),
    ...(url === undefined ? {} : { health: `${url.origin}/health` }),
  };
}

function caOf(outputs: Outputs): CaPlace {
  const [vault, blobs, tables] = [outputs('vaultUrl'), outputs('blobsUrl'), outputs('tablesUrl')];
  if (vault === undefined || blobs === undefined || tables === undefined) return { kind: 'none' };
  const key = outputs('caKeyName') ?? 'skep-ca';
  return { kind: 'vault', vault, blobs, tables, key, mode: outputs('scepMode') ?? 'ra' };
}
