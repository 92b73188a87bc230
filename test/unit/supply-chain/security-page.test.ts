/** Each promise of SECURITY.md names a test that is there. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../../dev/project-root.js';

const page = readFileSync(join(projectRoot(), 'SECURITY.md'), 'utf8');
const promised = page.slice(page.indexOf('\n## What is promised'), page.indexOf('\n## What it connects to'));
const rows = promised
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .slice(2)
  .map((line) => line.split('|').map((cell) => cell.trim()));
const claims = rows.flatMap(([, promise = '', holders = '']) =>
  [...holders.matchAll(/`(test\/[^`]+)`(?: “([^”]+)”)?/g)].map(([, file = '', title]) => ({
    promise,
    file,
    title,
  })),
);

describe('SECURITY.md', () => {
  it('names a test for every promise', () => {
    expect(rows.length).toBeGreaterThan(15);
    for (const [, promise, holders] of rows)
      expect([promise, holders]).toEqual([promise, expect.stringContaining('test/')]);
  });

  it.each(claims)('$file holds: $promise', ({ file, title }) => {
    const path = join(projectRoot(), file);
    expect(existsSync(path)).toBe(true);
    if (title !== undefined) expect(readFileSync(path, 'utf8').replace(/\\'/g, "'")).toContain(title);
  });
});
