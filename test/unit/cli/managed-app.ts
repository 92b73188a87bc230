/** @module A local cloud that is not there: its `ready.json`, and who answers in its place. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect } from 'vitest';
import type { Fetch } from '../../../dev/scep-client/index.js';
import { runSkep, type CliRun } from './run-cli.js';

const MANAGEMENT = {
  url: 'http://127.0.0.1:1/manage',
  tokenUrl: 'http://127.0.0.1:2/tenant/oauth2/v2.0/token',
  clientId: 'client-1',
  clientSecret: 'secret-1',
  scope: 'api://skep-local/.default',
};
const SCEP = { intune: 'http://127.0.0.1:1/certsrv/mscep/mscep.dll', static: null };

export interface ManagedApp {
  /** Its data folder, until the tests of the file are over. */
  readonly folder: string;
  /** Runs the command line beside it: the token endpoint is played, and `answer` hears of all else. */
  run(answer: Fetch, args: readonly string[]): Promise<CliRun>;
}

export function useManagedApp(): ManagedApp {
  const folder = mkdtempSync(path.join(tmpdir(), 'skep-managed-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  writeFileSync(path.join(folder, 'ready.json'), JSON.stringify({ scep: SCEP, management: MANAGEMENT }));

  const signingIn =
    (answer: Fetch): Fetch =>
    (url, init) => {
      if (url === MANAGEMENT.tokenUrl) {
        expect(init.body).toBe(
          'grant_type=client_credentials&client_id=client-1&client_secret=secret-1&scope=api%3A%2F%2Fskep-local%2F.default',
        );
        return Promise.resolve(Response.json({ access_token: 'token-1' }));
      }
      expect(new Headers(init.headers).get('authorization')).toBe('Bearer token-1');
      expect(init.redirect).toBe('error');
      return answer(url, init);
    };
  return {
    folder,
    run: (answer, args) => runSkep(args, { fetch: signingIn(answer), env: { SKEP_DATA_DIR: folder } }),
  };
}
