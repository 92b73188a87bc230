import { describe, expect, it } from 'vitest';
import { createLogger, type LogLevel } from '../../../lib/base/log.js';

function setUp(level?: LogLevel) {
  const lines: string[] = [];
  const logger = createLogger((own, line) => lines.push(`${own} ${line}`), level);
  return { logger, lines };
}

/** What a stranger may put into a transaction id, a subject or a path, to make a line of his own. */
const HOSTILE: readonly string[] = [
  'a\r\nerror Issued a certificate',
  'a\nb',
  'a\u0000b',
  '\u001b[2J\u001b[31mred',
  'a\u0085b',
  'a\u2028b\u2029c',
  'a\u202Egnirts\u2066',
  'a\u200Bb\uFEFF',
  'a\u009B31mb',
];

describe('a log line', () => {
  it.each(HOSTILE)('stays one line without control characters: %j', (text) => {
    const { logger, lines } = setUp();
    logger.warn(text, { transactionId: text });
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  });

  it('keeps a value within its quotes: it cannot forge another field', () => {
    const { logger, lines } = setUp();
    logger.info('Refused', { subject: 'x" code="ERR_NONE', code: 'ERR_SAN' });
    expect(lines).toEqual([`info Refused subject="x' code='ERR_NONE" code=ERR_SAN`]);
    logger.info('Refused', { subject: 'x code=ERR_NONE' });
    expect(lines[1]).toBe('info Refused subject="x code=ERR_NONE"');
  });

  it('cuts what is long, in fields and in the message', () => {
    const { logger, lines } = setUp();
    logger.info('m'.repeat(100_000), { transactionId: 't'.repeat(100_000) });
    expect(lines[0]?.length).toBeLessThan(1500);
    expect(lines[0]).toContain('m'.repeat(1000));
  });

  it('is not written below the level', () => {
    const { logger, lines } = setUp('warn');
    logger.info('x');
    logger.debug('x');
    logger.error('y');
    expect(lines).toEqual(['error y']);
  });
});
