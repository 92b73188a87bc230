import { describe, expect, it } from 'vitest';
import { createFaultBook, underFaults, type FaultInput } from '../../../dev/intune/faults.js';
import { json, type SimulatorResponse } from '../../../dev/intune/http/messages.js';
import { createRelocation } from '../../../dev/intune/relocation.js';

const SUCCESS = json({ '@odata.context': 'c', code: 'Success', errorDescription: '' });

/** Runs one validateRequest under faults. */
async function run(
  book: ReturnType<typeof createFaultBook>,
): Promise<{ answer: SimulatorResponse | 'reset'; called: boolean }> {
  let called = false;
  const answer = await underFaults(book, 'validateRequest', () => {
    called = true;
    return Promise.resolve(SUCCESS);
  });
  return { answer, called };
}

async function runWith(...faults: FaultInput[]) {
  const book = createFaultBook(createRelocation());
  for (const fault of faults) book.add(fault);
  return run(book);
}

describe('a fault', () => {
  it('without one the call goes through', async () => {
    expect(await runWith()).toEqual({ answer: SUCCESS, called: true });
  });

  it.each<[FaultInput, Partial<SimulatorResponse> | 'reset']>([
    [{ kind: 'reset' }, 'reset'],
    [{ kind: 'status', status: 500 }, { status: 500 }],
    [{ kind: 'nonJson' }, { status: 200, body: '<html>Service gateway</html>' }],
    [{ kind: 'missingCode' }, { status: 200, body: '{}' }],
    [
      { kind: 'unknownCode' },
      { status: 200, body: '{"code":"CodeFromTheFuture","errorDescription":"Laid by a test."}' },
    ],
  ])('%o strikes before the call has an effect', async (fault, expected) => {
    const { answer, called } = await runWith(fault);
    if (expected === 'reset') expect(answer).toBe('reset');
    else expect(answer).toMatchObject(expected);
    expect(called).toBe(false);
  });

  it('sends Retry-After only when told to', async () => {
    const { answer: bare } = await runWith({ kind: 'status', status: 429 });
    expect(bare).not.toHaveProperty(['headers', 'retry-after']);
    const { answer } = await runWith({ kind: 'status', status: 429, retryAfterSeconds: 7 });
    expect(answer).toHaveProperty(['headers', 'retry-after'], '7');
  });

  it('strikes after the effect when told to', async () => {
    const { answer, called } = await runWith({ kind: 'missingCode', when: 'after' });
    expect(called).toBe(true);
    expect(answer).toMatchObject({ body: '{"@odata.context":"c","errorDescription":""}' });
  });

  it('strikes as often as counted, at its endpoint alone', async () => {
    const book = createFaultBook(createRelocation());
    book.add({ kind: 'status', status: 503, count: 2, endpoint: 'validateRequest' });
    book.add({ kind: 'status', status: 500, endpoint: 'token' });
    const statuses = [];
    for (let call = 0; call < 3; call += 1) {
      const { answer } = await run(book);
      statuses.push(answer === 'reset' ? answer : answer.status);
    }
    expect(statuses).toEqual([503, 503, 200]);
    expect(book.list().map(({ hits, remaining }) => [hits, remaining])).toEqual([
      [2, 0],
      [0, null],
    ]);
  });

  it('can be taken away', async () => {
    const book = createFaultBook(createRelocation());
    const { id } = book.add({ kind: 'reset' });
    expect(book.remove(id)).toBe(true);
    expect(book.remove(id)).toBe(false);
    expect(await run(book)).toMatchObject({ called: true });
  });

  it('moves the services until all faults are gone', () => {
    const relocation = createRelocation();
    const book = createFaultBook(relocation);
    const home = relocation.basePath('scep');
    book.add({ kind: 'movedUri' });
    const first = relocation.basePath('scep');
    book.add({ kind: 'movedUri', scaleUnit: 'msuc02' });
    expect(new Set([home, first, relocation.basePath('scep')]).size).toBe(3);
    expect(relocation.basePath('pki')).toMatch(/^\/msuc02\/RACerts\//);
    book.clear();
    expect(relocation.basePath('scep')).toBe(home);
  });

  it('that is none is refused', () => {
    const book = createFaultBook(createRelocation());
    expect(() => book.add({ kind: 'status', status: 200 })).toThrow();
  });
});
