import { describe, expect, it } from 'vitest';
import { letFirstGoAlone } from '../../../lib/keys/first-alone.js';

function createCalls() {
  const begun: string[] = [];
  const ends = new Map<string, { resolve: () => void; reject: (why: Error) => void }>();
  const call = (name: string) => () => {
    begun.push(name);
    return new Promise<string>((resolve, reject) => {
      ends.set(name, {
        resolve: () => {
          resolve(name);
        },
        reject,
      });
    });
  };
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  return { begun, ends, call, turn };
}

describe('letFirstGoAlone', () => {
  it('begins the others together once the first has ended', async () => {
    const { begun, ends, call, turn } = createCalls();
    const run = letFirstGoAlone();
    const results = ['a', 'b', 'c'].map((name) => run(call(name)));
    await turn();
    expect(begun).toEqual(['a']);
    ends.get('a')?.resolve();
    await turn();
    expect(begun).toEqual(['a', 'b', 'c']);
    for (const name of ['c', 'b']) ends.get(name)?.resolve();
    expect(await Promise.all(results)).toEqual(['a', 'b', 'c']);
  });

  it('does not care how the first has ended', async () => {
    const { begun, ends, call, turn } = createCalls();
    const run = letFirstGoAlone();
    const first = run(call('a'));
    const second = run(call('b'));
    ends.get('a')?.reject(new Error('away'));
    await expect(first).rejects.toThrow('away');
    await turn();
    expect(begun).toEqual(['a', 'b']);
    ends.get('b')?.resolve();
    expect(await second).toBe('b');
  });
});
