import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inflateSync } from 'node:zlib';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../../dev/project-root.js';
import { parseSyncMl } from '../../../dev/syncml/parse.js';
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
  const run = await runCommand('node', [story, '--xml', '--html', page], { env: { NO_COLOR: '1' } });
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

const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';

describe.skipIf(!existsSync(CHROMIUM))('the page in Chromium', () => {
  let browser: Browser | undefined;

  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
  });
  afterAll(() => browser?.close());

  async function open(colorScheme: 'light' | 'dark', width = 1200): Promise<Page> {
    if (!browser) throw new Error('no browser');
    const view = await browser.newPage({
      colorScheme,
      viewport: { width, height: 900 },
      javaScriptEnabled: true,
    });
    await view.goto(pathToFileURL(page).href);
    return view;
  }

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

/** Runs in the page: the lowest contrast of any text with the colour behind it (WCAG 2.2, 1.4.3). */
function lowestContrast(): number {
  const channels = (color: string) => (color.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = (color: string) => {
    const [red = 0, green = 0, blue = 0] = channels(color).map((channel) => {
      const share = channel / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = (element: Element | null): string => {
    if (!element) return 'rgb(255, 255, 255)';
    const color = getComputedStyle(element).backgroundColor;
    return channels(color)[3] === 0 ? behind(element.parentElement) : color;
  };
  const contrasts = [...document.body.querySelectorAll('*')]
    .filter((element) =>
      [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim()),
    )
    .map((element) => {
      const pair = [luminance(getComputedStyle(element).color), luminance(behind(element))];
      return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
    });
  return Math.min(...contrasts);
}

/** Different octets in the picture's data: a blank page has a handful. */
function countColours(png: Buffer): number {
  const parts: Buffer[] = [];
  for (let at = 8; at < png.length; at += png.readUInt32BE(at) + 12)
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT')
      parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  return new Set(inflateSync(Buffer.concat(parts))).size;
}
