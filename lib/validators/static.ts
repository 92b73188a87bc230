/** @module A challenge that an administrator gave out decides. For endpoints without Intune. */
import { hash, timingSafeEqual } from 'node:crypto';
import { SkepError } from '../base/errors.js';
import type { Validator } from './validator.js';

export interface StaticValidatorOptions {
  /** What a request must carry; several while one is being replaced by another. */
  readonly challenge: string | readonly string[];
}

/** @throws {SkepError} `ERR_CONFIG` when there is no challenge, or an empty one. */
export function createStaticValidator({ challenge }: StaticValidatorOptions): Validator {
  const accepted = (typeof challenge === 'string' ? [challenge] : challenge).map((text) => {
    if (text === '') throw new SkepError('ERR_CONFIG', { detail: 'the static challenge is empty' });
    return digest(text);
  });
  if (accepted.length === 0) throw new SkepError('ERR_CONFIG', { detail: 'no static challenge' });

  return {
    name: 'static',
    validate({ challenge: given }) {
      if (!given) {
        return Promise.resolve({
          granted: false,
          code: 'ERR_CHALLENGE_MISSING',
          detail: 'no challengePassword',
        });
      }
      // All are compared, by digests of equal length: the time taken tells neither which one nor how much matched.
      const matches = accepted.filter((expected) => timingSafeEqual(expected, digest(given)));
      return Promise.resolve(
        matches.length > 0
          ? { granted: true }
          : { granted: false, code: 'ERR_CHALLENGE_WRONG', detail: 'no accepted challenge matches' },
      );
    },
  };
}

function digest(text: string): Uint8Array {
  return hash('sha256', text, 'buffer');
}
