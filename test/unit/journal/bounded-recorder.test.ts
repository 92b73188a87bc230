import { describe, expect, it } from 'vitest';
import { SkepError } from '../../../lib/base/errors.js';
import { createLogger } from '../../../lib/base/log.js';
import { createBoundedRecorder } from '../../../lib/journal/bounded-recorder.js';
import type { JournalEntry } from '../../../lib/journal/recorder.js';

const ENTRY: JournalEntry = {
  at: new Date('2026-03-01T10:00:00Z'),
  endpoint: 'static',
  transactionId: 'tx',
  messageType: 'PKCSReq',
  outcome: 'issued',
  steps: [],
};

function setUp(write: (entry: JournalEntry) => Promise<void>, budgetMs = 60_000) {
  const lines: string[] = [];
  const heard: JournalEntry[] = [];
  const recorder = createBoundedRecorder({
    writer: { write },
    echo: {
      record: (entry) => {
        heard.push(entry);
        return Promise.resolve();
      },
    },
    budgetMs,
    logger: createLogger((level, line) => lines.push(`${level} ${line}`), 'debug'),
  });
  return { recorder, lines, heard };
}

describe('the bounded recorder', () => {
  it('writes', async () => {
    const written: JournalEntry[] = [];
    const { recorder, lines, heard } = setUp((entry) => {
      written.push(entry);
      return Promise.resolve();
    });
    await recorder.record(ENTRY);
    expect([written, lines, heard]).toEqual([[ENTRY], [], [ENTRY]]);
  });

  it('turns a failure into a line', async () => {
    const { recorder, lines, heard } = setUp(() => Promise.reject(new SkepError('ERR_STORE_UNAVAILABLE')));
    await recorder.record(ENTRY);
    expect(lines).toEqual([
      'warn A journal entry could not be written code=ERR_STORE_UNAVAILABLE transactionId=tx outcome=issued',
    ]);
    expect(heard).toEqual([ENTRY]);
  });

  it('lets the device go while the journal is slow, and still notes a failure', async () => {
    let fail: (thrown: Error) => void = () => undefined;
    const { recorder, lines, heard } = setUp(
      () =>
        new Promise<void>((_resolve, reject) => {
          fail = reject;
        }),
      1,
    );
    await recorder.record(ENTRY);
    expect(lines).toEqual(['warn The journal is slow; an entry is still being written transactionId=tx']);
    fail(new Error('late'));
    await new Promise(setImmediate);
    expect(lines[1]).toContain('ERR_INTERNAL');
    expect(heard).toEqual([ENTRY]);
  });
});
