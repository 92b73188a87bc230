/** @module Pages in a real browser: Debian's Chromium, or the one that CHROMIUM_PATH names. */
import { existsSync } from 'node:fs';
import { inflateSync } from 'node:zlib';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';

const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';

/** Whether pages can be looked at. CI installs the browser, so there a missing one is a failure and no reason to skip. */
export const hasChromium = (): boolean => existsSync(CHROMIUM) || Boolean(process.env['CI']);

interface View {
  readonly colorScheme?: 'light' | 'dark';
  /** In CSS pixels. Default 1200. */
  readonly width?: number;
  /** Default true. */
  readonly scripts?: boolean;
}

/** A browser for the tests of one suite. @returns opens a page at an address. */
export function useChromium(): (url: string, view?: View) => Promise<Page> {
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
  return async (url, { colorScheme = 'light', width = 1200, scripts = true } = {}) => {
    if (!browser) throw new Error('no browser');
    const page = await browser.newPage({
      colorScheme,
      viewport: { width, height: 900 },
      javaScriptEnabled: scripts,
    });
    await page.goto(url);
    return page;
  };
}

/** Runs in the page: the lowest contrast of any text with the colour behind it (WCAG 2.2, 1.4.3). */
export function lowestContrast(): number {
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
export function countColours(png: Buffer): number {
  const parts: Buffer[] = [];
  for (let at = 8; at < png.length; at += png.readUInt32BE(at) + 12)
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT')
      parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  return new Set(inflateSync(Buffer.concat(parts))).size;
}
