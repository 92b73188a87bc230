/** @module The ways a server may be set up that every client has to get along with, and one such server for a suite. */
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { startLocalCloudProcess, type LocalCloudProcess } from '../support/local-cloud.js';
import { startRecordingProxy, type Exchange, type RecordingProxy } from '../support/recording-proxy.js';

export interface Mode {
  readonly name: string;
  readonly caKey: 'rsa' | 'ec';
  /** Which certificate opens requests and signs answers. */
  readonly recipient: 'ra.pem' | 'ca.pem';
  readonly environment: Readonly<Record<string, string>>;
}

const ALL_MODES: readonly Mode[] = [
  { name: 'RA mode, RSA CA', caKey: 'rsa', recipient: 'ra.pem', environment: {} },
  {
    name: 'RA mode, EC CA',
    caKey: 'ec',
    recipient: 'ra.pem',
    environment: { SKEP_CA_KEY_TYPE: 'EC-P256' },
  },
  { name: 'CA mode', caKey: 'rsa', recipient: 'ca.pem', environment: { SKEP_SCEP_MODE: 'ca' } },
];

/**
 * With the keys in a vault CA mode is left out: Key Vault does not sign with SHA-1, which old clients want their answers
 * signed with, and an RA key in process does.
 */
export const MODES: readonly Mode[] =
  process.env['SKEP_KEYS'] === 'vault'
    ? ALL_MODES.filter(({ recipient }) => recipient === 'ra.pem')
    : ALL_MODES;

export const CHALLENGE = 'quartz-lantern-4711';
export const WRONG_CHALLENGE = 'marble-compass-1147';

export interface InteropServer {
  /** The static endpoint, through a proxy that keeps what is said. */
  readonly url: string;
  readonly caFile: string;
  /** PEM of the certificate that opens requests and signs answers. */
  readonly recipientFile: string;
  /** What was said since the last call, within the present test. */
  takeExchanges(): readonly Exchange[];
}

/** One server for the tests of a `describe`; to be asked for within tests and hooks only. */
export function useServer(mode: Mode): () => InteropServer {
  let cloud: LocalCloudProcess | undefined;
  let proxy: RecordingProxy | undefined;
  beforeAll(async () => {
    cloud = await startLocalCloudProcess({
      ...mode.environment,
      SKEP_STATIC_CHALLENGE: CHALLENGE,
      SKEP_STATIC_LEGACY: 'true',
      SKEP_LOG_LEVEL: 'debug',
    });
    proxy = await startRecordingProxy(new URL(cloud.ready.health).origin);
  });
  beforeEach(() => {
    proxy?.take();
  });
  afterAll(async () => {
    await proxy?.close();
    await cloud?.stop();
    if (!cloud) return;
    const log = cloud.log();
    expect(log).toContain('Issued a certificate with serial number');
    expect(log).not.toContain(CHALLENGE);
    expect(log).not.toContain(WRONG_CHALLENGE);
  });
  return () => {
    if (!cloud || !proxy) throw new Error('the server is not up yet: ask within a test or a hook');
    const { keysDir, ready } = cloud;
    const recorder = proxy;
    return {
      url: `${recorder.url}${new URL(ready.scep.static ?? '').pathname}`,
      caFile: join(keysDir, 'ca.pem'),
      recipientFile: join(keysDir, mode.recipient),
      takeExchanges: () => recorder.take(),
    };
  };
}
