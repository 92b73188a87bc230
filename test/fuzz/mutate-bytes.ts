/** @module Mutations of octets that know nothing of what they mean. */
import type { Dice } from '../../dev/fleet/dice.js';
import { concat } from '../../lib/base/bytes.js';

/** A range of the input, up to a quarter of it. */
function range(bytes: Uint8Array, dice: Dice): readonly [number, number] {
  const start = dice.integer(bytes.length + 1);
  return [start, Math.min(bytes.length, start + 1 + dice.integer(1 + (bytes.length >> 2)))];
}

const at = (bytes: Uint8Array, dice: Dice, change: (octet: number) => number): Uint8Array => {
  if (bytes.length === 0) return dice.bytes(1);
  const copy = Uint8Array.from(bytes);
  const index = dice.integer(copy.length);
  copy[index] = change(copy[index] ?? 0);
  return copy;
};

const EDGES = [0, 1, 0x7f, 0x80, 0x81, 0x84, 0xff];

const MUTATIONS: readonly ((bytes: Uint8Array, dice: Dice) => Uint8Array)[] = [
  (bytes, dice) => at(bytes, dice, (octet) => octet ^ (1 << dice.integer(8))),
  (bytes, dice) => at(bytes, dice, () => dice.integer(256)),
  (bytes, dice) => at(bytes, dice, () => EDGES[dice.integer(EDGES.length)] ?? 0),
  (bytes, dice) => at(bytes, dice, (octet) => octet + (dice.integer(2) === 0 ? 1 : -1)),
  (bytes, dice) => bytes.subarray(0, dice.integer(bytes.length + 1)),
  (bytes, dice) => bytes.subarray(dice.integer(bytes.length + 1)),
  (bytes, dice) => {
    const [start, end] = range(bytes, dice);
    return concat([bytes.subarray(0, start), bytes.subarray(end)]);
  },
  (bytes, dice) => {
    const [start, end] = range(bytes, dice);
    const copies = Array.from({ length: 1 + 2 ** dice.integer(6) }, () => bytes.subarray(start, end));
    return concat([bytes.subarray(0, start), ...copies, bytes.subarray(end)]);
  },
  (bytes, dice) => {
    const [start] = range(bytes, dice);
    return concat([bytes.subarray(0, start), dice.bytes(1 + dice.integer(8)), bytes.subarray(start)]);
  },
];

export function mutateBytes(bytes: Uint8Array, dice: Dice): Uint8Array {
  return MUTATIONS[dice.integer(MUTATIONS.length)]?.(bytes, dice) ?? bytes;
}
