import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../../dev/project-root.js';
import { parseSyncMl } from '../../../dev/syncml/parse.js';
import { countColours, hasChromium, lowestContrast, useChromium } from '../../support/chromium.js';
import { runCommand } from '../../support/run-command.js';

const CHAPTERS = [
  'The first certificate',
  'The certificate is deleted',
  'The certificate is renewed',
  'The CA is off',
  'It heals by itself',
];

let folder = '';
let page = '';
let printed = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skep-story-test-'));
  page = join(folder, 'story.html');
  const story = join(projectRoot(), 'dist', 'dev', 'story.js');
  const run = await runCommand('node', [story, '--xml', '--html', page], {
    env: { NO_COLOR: '1' },
    timeoutMs: 150_000,
  });
  expect(run.output.split('\n').slice(-5).join('\n')).not.toContain('failed');
  expect(run.status).toBe(0);
  printed = run.stdout;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('npm run story', () => {
  it('tells the chapters in order, each with what the article shows', () => {
    const places = CHAPTERS.map((title, index) => printed.indexOf(`${index + 1}. ${title}`));
    expect(places.every((place) => place >= 0)).toBe(true);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    for (const told of [
      'request, because: missing',
      'request, because: threshold',
      'none, because: healthy',
      'S-1-5-18',
      'dmcertinst.exe -s -k "Software\\Microsoft\\SCEP\\MS DM Server\\ModelName_AC_',
      'Fails with 0x80190194',
      'Deletes the Challenge key',
      'GET /certsrv/mscep/mscep.dll/pkiclient.exe?operation=GetCACaps&message=default → 200',
      'validateRequest: HTTP 200, Success',
      'Issued a certificate with serial number',
    ])
      expect(printed).toContain(told);
  });

  it('shows SyncML that a parser takes, and never a challenge', () => {
    const messages = [...printed.matchAll(/<SyncML[\s\S]*?<\/SyncML>/g)].map(([xml]) => parseSyncMl(xml));
    expect(messages.length).toBeGreaterThan(40);
    expect(messages.filter(({ commands }) => commands.some(({ name }) => name === 'Atomic'))).toHaveLength(
      CHAPTERS.length,
    );
    expect(printed).toContain('characters, not shown)');
    expect(printed).not.toContain('PENlcnRFbnJvbGxUb2tlbj');
  });
});

describe.skipIf(!hasChromium())('the page in Chromium', () => {
  const openPage = useChromium();
  const open = (colorScheme: 'light' | 'dark', width?: number): Promise<Page> =>
    openPage(pathToFileURL(page).href, { colorScheme, ...(width === undefined ? {} : { width }) });

  it('needs no script and nothing from elsewhere', async () => {
    const html = await readFile(page, 'utf8');
    expect(html).not.toMatch(/<script|<link|<img|\bsrc=|url\(|@import/);
    expect(html).not.toContain('PENlcnRFbnJvbGxUb2tlbj');
  });

  it('has the chapters as headings and as links that lead there', async () => {
    const view = await open('light');
    expect(await view.locator('h2').allTextContents()).toEqual(
      CHAPTERS.map((title, index) => `${index + 1}. ${title}`),
    );
    for (const link of await view.locator('nav a').all()) {
      const target = (await link.getAttribute('href')) ?? '';
      expect(await view.locator(target).count()).toBe(1);
    }
    expect(await view.locator('.timeline > li').count()).toBeGreaterThan(100);
    expect(await view.locator('time[datetime]').count()).toBe(await view.locator('.timeline > li').count());
    expect(await view.getByText('Fails with 0x80190194').count()).toBe(3);
  });

  it('unfolds the XML of a message', async () => {
    const view = await open('light');
    const details = view.locator('details', { hasText: 'The XML' }).first();
    await details.locator('summary').click();
    expect(parseSyncMl(await details.locator('pre').innerText()).header.messageId).toBe(1);
  });

  it.each(['light', 'dark'] as const)(
    'is readable in the %s scheme: contrast, and a picture that is not blank',
    async (scheme) => {
      const view = await open(scheme);
      expect(await view.evaluate(lowestContrast)).toBeGreaterThanOrEqual(4.5);
      expect(countColours(await view.screenshot())).toBeGreaterThan(40);
    },
  );

  it('fits a telephone', async () => {
    const view = await open('light', 375);
    expect(await view.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(375);
  });
});
