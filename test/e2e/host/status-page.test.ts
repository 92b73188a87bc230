/** The status page of the local cloud in a real browser: as a stranger sees it, and as a signed-in caller does. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLocalCloud, type LocalCloud } from '../../../dev/local-cloud.js';
import { countColours, hasChromium, lowestContrast, useChromium } from '../../support/chromium.js';
import { openssl } from '../../support/openssl.js';
import { runSkep } from '../../unit/cli/run-cli.js';

const dataDir = mkdtempSync(join(tmpdir(), 'skep-status-page-'));
const saved = join(dataDir, 'status.html');
let cloud: LocalCloud;

beforeAll(async () => {
  cloud = await startLocalCloud({
    port: 0,
    simulatorPort: 0,
    dataDir,
    environment: { SKEP_STATIC_CHALLENGE: 'secret123' },
    log: () => undefined,
  });
  const skep = (...args: string[]) =>
    runSkep(args, { env: { SKEP_DATA_DIR: dataDir }, fetch: (url, init) => fetch(url, init) });
  // One request that fails, so that there is a failure to show.
  const refused = await skep('enroll', '--static', '--challenge', 'wrong', '--subject', 'CN=visitor');
  expect(refused.exitCode).toBe(1);
  expect(await skep('status', '--html', saved)).toMatchObject({ exitCode: 0, err: '' });
});
afterAll(async () => {
  await cloud.close();
  rmSync(dataDir, { recursive: true });
});

describe.skipIf(!hasChromium())('the status page in Chromium', () => {
  const open = useChromium();
  const anonymous = () => cloud.ready.status;
  const signedIn = () => pathToFileURL(saved).href;

  it('has its parts as headings, and every table its headings', async () => {
    const page = await open(anonymous(), { scripts: false });
    expect(await page.title()).toBe('Skep issues certificates');
    expect(await page.getByRole('heading', { level: 2 }).allTextContents()).toEqual([
      'State',
      'SCEP server URLs',
      'Certificates',
      'Failures of the last 24 hours',
    ]);
    expect(await page.getByRole('main').count()).toBe(1);
    for (const table of await page.getByRole('table').all()) {
      expect(await table.getByRole('columnheader').count()).toBeGreaterThan(1);
      expect(await table.getByRole('rowheader').count()).toBeGreaterThan(0);
    }
  });

  it('names the addresses that devices use', async () => {
    const page = await open(anonymous(), { scripts: false });
    const { intune, static: fixed } = cloud.ready.scep;
    for (const url of [intune, fixed])
      expect(await page.getByText(url ?? '', { exact: true }).count()).toBe(1);
  });

  it('has downloads that lead to what they name', async () => {
    const page = await open(anonymous(), { scripts: false });
    const links = await page.getByRole('listitem').getByRole('link').all();
    const types = new Map<string, string>();
    for (const link of links) {
      const href = await link.evaluate((anchor) => (anchor as HTMLAnchorElement).href);
      const answer = await fetch(href);
      expect(answer.status).toBe(200);
      types.set(new URL(href).pathname, answer.headers.get('content-type') ?? '');
      if (href.endsWith('.cer')) {
        const der = Buffer.from(await answer.arrayBuffer());
        expect(openssl(['x509', '-inform', 'DER', '-noout', '-subject'], der)).toContain('CN');
      }
    }
    expect(Object.fromEntries(types)).toEqual({
      '/ca/ca.cer': 'application/pkix-cert',
      '/ca/ca.pem': 'application/x-pem-file',
      '/ca/ca.mobileconfig': 'application/x-apple-aspen-config',
      '/crl/ca.crl': 'application/pkix-crl',
    });
  });

  it('tells strangers nothing of others, and signed-in callers what failed', async () => {
    const stranger = await open(anonymous(), { scripts: false });
    expect(await stranger.getByText('ERR_CHALLENGE_WRONG').count()).toBe(0);
    const insider = await open(signedIn(), { scripts: false });
    const row = insider.getByRole('row', { name: 'ERR_CHALLENGE_WRONG' });
    expect(await row.getByRole('cell').first().textContent()).toBe('1');
  });

  it.each(['light', 'dark'] as const)(
    'is readable in the %s scheme: contrast, and a picture that is not blank',
    async (colorScheme) => {
      for (const url of [anonymous(), signedIn()]) {
        const page = await open(url, { colorScheme });
        expect(await page.evaluate(lowestContrast)).toBeGreaterThanOrEqual(4.5);
        expect(countColours(await page.screenshot({ fullPage: true }))).toBeGreaterThan(40);
      }
    },
  );

  it('fits a telephone', async () => {
    const page = await open(signedIn(), { width: 375 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(375);
  });
});
