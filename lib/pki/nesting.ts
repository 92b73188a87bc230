/** @module How deep elements lie in each other, without following them. */

const CONSTRUCTED = 0x20;
const INDEFINITE = 0x80;

/**
 * The depth of the deepest element that is not hidden in a string. It looks at headers alone, in one pass, and stops at
 * what is no element any more: whether the octets are well-formed is for their reader to say.
 * @param bytes BER
 * @param enough stops there: more than that is not counted.
 */
export function measureNesting(bytes: Uint8Array, enough: number): number {
  /** Where the elements end that are open; NaN for one that ends with end-of-contents octets. */
  const ends: number[] = [];
  let deepest = 0;
  for (let at = 0; at < bytes.length && deepest < enough;) {
    while (ends.length > 0 && at >= (ends.at(-1) ?? Infinity)) ends.pop();
    const tag = bytes[at] ?? 0;
    const first = bytes[at + 1] ?? 0;
    if (tag === 0 && first === 0 && Number.isNaN(ends.at(-1))) {
      ends.pop();
      at += 2;
      continue;
    }
    const count = first > INDEFINITE ? first & 0x7f : 0;
    if ((tag & 0x1f) === 0x1f || count > 4) break;
    let length = first < INDEFINITE ? first : 0;
    for (let i = 0; i < count; i++) length = length * 256 + (bytes[at + 2 + i] ?? 0);
    const start = at + 2 + count;
    deepest = Math.max(deepest, ends.length + 1);
    if ((tag & CONSTRUCTED) === 0) at = start + length;
    else {
      ends.push(first === INDEFINITE ? Number.NaN : start + length);
      at = start;
    }
  }
  return deepest;
}
