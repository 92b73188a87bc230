/** @module The checks of validateRequest, in order; the first refusal is the answer. */
import { refuse, SUCCESS, type ActionResult } from '../codes.js';
import { BINDING } from './binding.js';
import { COMPARISON } from './comparison.js';
import type { Check, Draft } from './draft.js';
import { OPENING } from './opening.js';

/**
 * Left out on purpose, as Intune leaves it out: the SID extension and every other extension, proof of possession,
 * whether a challenge was used before, and later whether the certificate equals the request.
 */
export const PIPELINE: readonly Check[] = [...OPENING, ...BINDING, ...COMPARISON];

/** A fault of our own becomes `Unknown`, as the service's does. */
export async function validateRequest(draft: Draft): Promise<ActionResult> {
  try {
    for (const check of PIPELINE) {
      const refusal = await check.run(draft);
      if (refusal) return refusal;
    }
    return SUCCESS;
  } catch {
    return refuse('Unknown', 'The service could not validate the request.');
  }
}
