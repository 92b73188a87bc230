/** @module openssl as the other reader. */
import { spawnSync } from 'node:child_process';
import { ACCEPTED, refused } from './verdict.js';
import type { ReferenceProgram, Verdict } from './target.js';

const TIMEOUT_MS = 10_000;

export function readWithProgram({ args }: ReferenceProgram, input: Uint8Array): Verdict {
  const { status, stderr, error } = spawnSync('openssl', args, { input, timeout: TIMEOUT_MS });
  if (error && status === null) throw error;
  return status === 0 ? ACCEPTED : refused(lastReason(stderr.toString()));
}

/** `…:error:0680009B:asn1 encoding routines:asn1_get_object:too long:…` → `too long`; else the first line. */
function lastReason(text: string): string {
  const lines = text.trim().split('\n');
  const errors = lines.map((line) => line.split(':')).filter((parts) => parts[1] === 'error');
  return errors.map((parts) => parts[5] ?? '').join('; ') || (lines[0] ?? '');
}
