/** @module From inputs to new inputs. */
import type { Dice } from '../../dev/fleet/dice.js';
import { concat } from '../../lib/base/bytes.js';
import { mutateBytes } from './mutate-bytes.js';
import { mutateTree } from './mutate-tree.js';
import type { Target } from './target.js';
import { listsIn, readNodes, writeNodes } from './tlv.js';

/** What a message may have at most, here; nothing longer is of interest. */
export const MAX_INPUT_OCTETS = 65_536;

/** @returns a new input, made of a few mutations of one of the corpus. */
export function mutate(target: Target, corpus: readonly Uint8Array[], dice: Dice): Uint8Array {
  const parent = pick(corpus, dice);
  const made = target.grammar === 'der' ? mutateDer(parent, corpus, dice) : mutateText(parent, target, dice);
  return made.subarray(0, MAX_INPUT_OCTETS);
}

/** The newest ones lead furthest, so half of the choices fall into the last eighth. */
function pick(corpus: readonly Uint8Array[], dice: Dice): Uint8Array {
  const recent = Math.ceil(corpus.length / 8);
  const index =
    dice.integer(2) === 0 ? dice.integer(corpus.length) : corpus.length - 1 - dice.integer(recent);
  return corpus[index] ?? new Uint8Array();
}

function mutateDer(parent: Uint8Array, corpus: readonly Uint8Array[], dice: Dice): Uint8Array {
  const tree = dice.integer(4) === 0 ? undefined : readNodes(parent);
  if (!tree) return repeat(dice, parent, (bytes) => mutateBytes(bytes, dice));
  const donor = readNodes(pick(corpus, dice)) ?? [];
  const others = listsIn(donor).flat();
  for (let count = 1 + dice.integer(3); count > 0; count--) mutateTree(tree, dice, others);
  return writeNodes(tree);
}

function mutateText(parent: Uint8Array, { words = [] }: Target, dice: Dice): Uint8Array {
  return repeat(dice, parent, (bytes) => {
    if (words.length === 0 || dice.integer(3) > 0) return mutateBytes(bytes, dice);
    const at = dice.integer(bytes.length + 1);
    const word = Buffer.from(words[dice.integer(words.length)] ?? '', 'latin1');
    return concat([bytes.subarray(0, at), word, bytes.subarray(at)]);
  });
}

function repeat(dice: Dice, start: Uint8Array, change: (bytes: Uint8Array) => Uint8Array): Uint8Array {
  let bytes = start;
  for (let count = 1 + dice.integer(4); count > 0; count--)
    bytes = change(bytes).subarray(0, MAX_INPUT_OCTETS);
  return bytes;
}
