import { describe, expect, it } from 'vitest';
import { createIntuneCheck } from '../../../lib/revocation/intunes-own.js';

const isIntunes = createIntuneCheck(new Set(['static', 'printers']));

describe('a certificate is Intune’s', () => {
  it.each([
    ['by its row, whatever its endpoint is called now', { validator: 'intune', endpoint: 'lab' }, true],
    ['by its row, though its endpoint is another’s now', { validator: 'intune', endpoint: 'printers' }, true],
    ['not if its row says so, though its endpoint is gone', { validator: 'static', endpoint: 'gone' }, false],
    ['if an old row names Intune’s endpoint', { endpoint: 'intune' }, true],
    ['if an old row names an endpoint that nobody knows any more', { endpoint: 'lab' }, true],
    ['not if an old row names another’s endpoint', { endpoint: 'printers' }, false],
  ])('%s', (_name, record, expected) => {
    expect(isIntunes(record)).toBe(expected);
  });
});
