/** @module Files that a command is given; what is wrong with them is wrong usage. */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { usageError } from './terminal.js';

/** Reads a private key, PEM. @throws {CliError} with exit code 2 */
export function parseKey(file: string, option: string): KeyObject {
  const bytes = readFile(file, option);
  try {
    return createPrivateKey(bytes);
  } catch {
    throw usageError(`${file} is not a private key.`, 'Give an unencrypted PEM file.');
  }
}

/** @throws {CliError} with exit code 2 */
export function readFile(file: string, what: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    const { code = 'unreadable' } = cause as NodeJS.ErrnoException;
    throw usageError(`${what}: cannot read ${file} (${code}).`, 'Check the path.');
  }
}
