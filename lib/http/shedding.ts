/**
 * @module When those may come back who were turned away for want of room. They came together; told the same number of
 * seconds, they would come together again.
 */
import type { RandomBytes } from '../base/random.js';

/**
 * @param leastSeconds a whole number.
 * @returns whole seconds from `leastSeconds` to twice as many, each as likely as any other (to one in 65 536).
 */
export function spreadRetry(leastSeconds: number, random: RandomBytes): number {
  const [high = 0, low = 0] = random(2);
  const share = (high * 256 + low) / 65_536;
  return leastSeconds + Math.floor(share * (leastSeconds + 1));
}
