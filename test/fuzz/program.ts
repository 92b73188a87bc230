/** @module openssl as the other reader. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ACCEPTED, refused } from './verdict.js';
import type { ReferenceProgram, Verdict } from './target.js';

const TIMEOUT_MS = 10_000;

/** @param input goes into a file: openssl's OCSP reader takes no other. */
export function readWithProgram({ args }: ReferenceProgram, input: Uint8Array): Verdict {
  const folder = mkdtempSync(join(tmpdir(), 'skep-fuzz-'));
  try {
    const file = join(folder, 'input.der');
    writeFileSync(file, input);
    const { status, stderr, error } = spawnSync('openssl', [...args, file], { timeout: TIMEOUT_MS });
    if (error && status === null) throw error;
    return status === 0 ? ACCEPTED : refused(lastReason(stderr.toString()));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** `…:error:0680009B:asn1 encoding routines:asn1_get_object:too long:…` → `too long`; else the first line. */
function lastReason(text: string): string {
  const lines = text.trim().split('\n');
  const errors = lines.map((line) => line.split(':')).filter((parts) => parts[1] === 'error');
  return errors.map((parts) => parts[5] ?? '').join('; ') || (lines[0] ?? '');
}
