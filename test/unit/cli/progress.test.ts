import { describe, expect, it } from 'vitest';
import { createProgress } from '../../../cli/progress.js';

function onStream(isTTY: boolean) {
  let written = '';
  const write = (text: string) => (written += text);
  return { progress: createProgress({ isTTY, columns: 20, write }), written: () => written };
}

describe('progress', () => {
  it('replaces its one line on a terminal, and never wraps it', () => {
    const { progress, written } = onStream(true);
    progress('A question that is longer than the line');
    progress();
    expect(written()).toBe('\r\u001B[2K… A question that …\r\u001B[2K');
  });

  it('writes nothing elsewhere', () => {
    const { progress, written } = onStream(false);
    progress('anything');
    expect(written()).toBe('');
  });
});
