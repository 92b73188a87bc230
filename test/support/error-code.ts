/** @module The code of whatever an action throws: what tests of refusals compare. */
import { SkepError } from '../../lib/base/errors.js';

/** The code of the SkepError that `action` throws; the name of anything else; undefined when it throws nothing. */
export function codeOf(action: () => unknown): string | undefined {
  try {
    action();
    return undefined;
  } catch (thrown) {
    return thrown instanceof SkepError ? thrown.code : String(thrown);
  }
}

/** The detail of the SkepError that `action` throws. */
export function detailOf(action: () => unknown): string | undefined {
  try {
    action();
    return undefined;
  } catch (thrown) {
    return thrown instanceof SkepError ? thrown.detail : String(thrown);
  }
}
