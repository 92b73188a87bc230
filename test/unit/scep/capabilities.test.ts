import { expect, it } from 'vitest';
import { encodeCapabilities } from '../../../lib/scep/capabilities.js';

it('ends every line, the last one too', () => {
  for (const text of [encodeCapabilities(false), encodeCapabilities(true)]) {
    expect(text).toMatch(/^([\w-]+\n)+$/);
  }
  expect(encodeCapabilities(true)).toBe(`${encodeCapabilities(false)}GetNextCACert\n`);
});
