/** @module A tenant with an Intune simulator, an app that has a CA, and `skep profiles apply` run against both. */
import { randomUUID } from 'node:crypto';
import pc from 'picocolors';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { runCli } from '../../../cli/program.js';
import type { DeviceConfiguration } from '../../../dev/intune/model.js';
import { SEED_IDS } from '../../../dev/intune/seed.js';
import { startIntuneSimulator, type IntuneSimulator } from '../../../dev/intune/server.js';
import { withApp } from '../../support/fake-app.js';
import { control } from '../../support/intune-simulator.js';
import { watchSimulator } from '../../support/simulated-microsoft.js';
import { issueLeaf, testAuthority } from '../../support/test-authority.js';

const APP_URL = 'https://skep.example';

export interface Run {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
  /** What was said to Graph: `GET /beta/…`, a POST, PATCH or PUT followed by its JSON body. */
  readonly requests: readonly string[];
}

export interface RunOptions {
  /** What the person answers; absent: nobody is there. */
  readonly answer?: boolean;
  readonly onRequest?: (line: string) => void;
}

export interface Tenant {
  readonly simulator: () => IntuneSimulator;
  /** `skep profiles apply <app> …` */
  readonly apply: (args: readonly string[], options?: RunOptions) => Promise<Run>;
  /** The profiles of the tenant by name. */
  readonly profiles: () => ReadonlyMap<string, DeviceConfiguration>;
  readonly addGroup: (displayName: string, ...memberIds: string[]) => string;
  /** Gives the app a CA below another from now on. */
  readonly useSubordinate: () => Promise<void>;
  /** Gives the app these certificates of its CA, and of the next one if there is one. */
  readonly useCas: (present: readonly Uint8Array[], next?: readonly Uint8Array[]) => void;
}

/** Every test begins with an app whose CA is a root, and no profile. */
export function useTenant(): Tenant {
  let simulator: IntuneSimulator | undefined;
  let chain: readonly Uint8Array[] = [];
  let next: readonly Uint8Array[] | undefined;
  const get = (): IntuneSimulator => {
    if (!simulator) throw new Error('ask within a test or a hook');
    return simulator;
  };
  beforeAll(async () => {
    simulator = await startIntuneSimulator();
  });
  beforeEach(async () => {
    await control(get(), 'POST', 'reset');
    chain = [(await testAuthority()).authority.issuer.certificate];
    next = undefined;
  });
  afterAll(() => simulator?.close());
  return {
    simulator: get,
    async apply(args, { answer, onRequest = () => undefined } = {}) {
      const microsoft = watchSimulator(get(), onRequest);
      const app = { url: APP_URL, scepUrl: `${APP_URL}/certsrv/mscep/mscep.dll`, chain, next };
      let out = '';
      let err = '';
      const exitCode = await runCli(['profiles', 'apply', APP_URL, '--graph-url', get().url, ...args], {
        out: (text) => (out += text),
        err: (text) => (err += text),
        env: {},
        colors: pc.createColors(false),
        fetch: withApp(app, microsoft.fetch),
        ...(answer === undefined ? {} : { confirm: () => Promise.resolve(answer) }),
      });
      const requests = microsoft
        .take()
        .filter((line) => / \/(beta|v1\.0)\//.test(line))
        .map((line) => line.replaceAll('/beta/deviceManagement/deviceConfigurations', '…'));
      return { exitCode, out, err, requests };
    },
    profiles: () =>
      new Map(
        [...get().state.configurations.values()].map((row) => [String(row.members['displayName']), row]),
      ),
    addGroup(displayName, ...memberIds) {
      const id = randomUUID();
      get().state.groups.set(id, { id, tenantId: SEED_IDS.tenant, displayName, memberIds });
      return id;
    },
    async useSubordinate() {
      const { issuer } = (await testAuthority()).authority;
      chain = [await issueLeaf(issuer, { subject: 'CN=Issuing CA' }), issuer.certificate];
    },
    useCas(present, announced) {
      chain = present;
      next = announced;
    },
  };
}

/** The one profile of that name. */
export function theProfile(
  profiles: ReadonlyMap<string, DeviceConfiguration>,
  name: string,
): DeviceConfiguration {
  const found = profiles.get(name);
  expect(found, name).toBeDefined();
  return found as DeviceConfiguration;
}
