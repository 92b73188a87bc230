/** @module `#disable-next-line CODE`: it takes the compiler's codes, and must have something to be silent about. */
import { COMPILER_CODES, type Fault } from './fault.js';
import { lineOf, walk } from './syntax.js';
import type { Template } from './template.js';

/** Takes out what the template suppresses, and adds suppressions that suppress nothing. */
export function applySuppressions({ file, root }: Template, faults: readonly Fault[]): Fault[] {
  let left = [...faults];
  for (const comment of walk(root)) {
    if (comment.type !== 'diagnostic_comment') continue;
    const line = lineOf(comment) + 1;
    for (const code of codesOf(comment.text)) {
      const hit = (fault: Fault) => fault.line === line && COMPILER_CODES[code]?.includes(fault.code);
      if (!left.some(hit)) {
        const message = `nothing on the next line is ${code}`;
        left.push({ code: 'needless-suppression', file, line: line - 1, message });
      }
      left = left.filter((fault) => !hit(fault));
    }
  }
  return left;
}

function codesOf(text: string): string[] {
  return text
    .replace(/\/\/.*$/, '')
    .trim()
    .split(/\s+/)
    .slice(1);
}
