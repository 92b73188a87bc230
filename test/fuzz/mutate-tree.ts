/** @module Mutations that know what an element is. Lengths around a change are right again unless they are the change. */
import type { Dice } from '../../dev/fleet/dice.js';
import { mutateBytes } from './mutate-bytes.js';
import { cloneNode, listsIn, type Node } from './tlv.js';

const CONSTRUCTED = 0x20;
const TAGS = [0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0a, 0x0c, 0x13, 0x16, 0x17, 0x18, 0x1e, 0x30, 0x31];
const HEADERS = ['80', '8180', '8400000001', '84ffffffff', '85ffffffffff', '00', '7f', '820000', 'ff'];
const CONTENTS = ['', '00', 'ff', '0000', 'ff7f', '80', '2a8648', '8001', '0'.repeat(64), '0100000000'];

interface Place {
  readonly list: Node[];
  readonly index: number;
  readonly node: Node;
}

type Mutation = (place: Place, dice: Dice, others: readonly Node[]) => void;

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));
const pick = <T>(dice: Dice, list: readonly T[]): T => list[dice.integer(list.length)] as T;
const leaf = (tag: number, content: Uint8Array): Node => ({
  tag,
  prefix: new Uint8Array(),
  content,
  children: undefined,
  form: 'definite',
});

const MUTATIONS: readonly Mutation[] = [
  // Contents of a leaf, octet by octet or all at once.
  ({ node }, dice) => {
    if (node.children) node.children.reverse();
    else node.content = mutateBytes(node.content, dice);
  },
  ({ node }, dice) => {
    node.content = hex(pick(dice, CONTENTS));
    node.children = undefined;
  },
  // Identifiers.
  ({ node }, dice) => (node.tag = pick(dice, TAGS)),
  ({ node }, dice) => (node.tag = 0x80 | dice.integer(64)),
  ({ node }) => (node.tag ^= CONSTRUCTED),
  ({ node }) => (node.tag |= 0x1f),
  // Lengths.
  ({ node }) => (node.form = 'indefinite'),
  ({ node }) => (node.form = 'long'),
  ({ node }, dice) => (node.form = { raw: Uint8Array.of(node.tag, ...hex(pick(dice, HEADERS))) }),
  // What is there, and how often.
  ({ list, index }) => list.splice(index, 1),
  ({ list, index, node }) => list.splice(index, 0, cloneNode(node)),
  ({ list, index, node }, dice) => {
    const copies = Array.from({ length: 2 ** dice.integer(9) }, () => cloneNode(node));
    if (listsIn(copies).length < 2000) list.splice(index, 0, ...copies);
  },
  ({ list, index }, dice) => {
    const other = dice.integer(list.length);
    [list[index], list[other]] = [list[other] as Node, list[index] as Node];
  },
  // Something of another input in its place, or beside it.
  ({ list, index }, dice, others) => {
    if (others.length > 0) list.splice(index, dice.integer(2), cloneNode(pick(dice, others)));
  },
  // Nesting.
  ({ list, index, node }, dice) => {
    let inner = node;
    const indefinite = dice.integer(2) === 0;
    for (let depth = 2 ** dice.integer(8); depth > 0; depth--) {
      inner = { ...leaf(node.tag | CONSTRUCTED, new Uint8Array()), children: [inner] };
      if (indefinite) inner.form = 'indefinite';
    }
    list[index] = inner;
  },
  // A string in segments, as BER allows.
  ({ node }, dice) => {
    if (node.children || node.content.length < 2) return;
    const cut = 1 + dice.integer(node.content.length - 1);
    node.children = [leaf(0x04, node.content.subarray(0, cut)), leaf(0x04, node.content.subarray(cut))];
    node.tag |= CONSTRUCTED;
  },
];

/** Changes the tree in place. @param others nodes of other inputs. */
export function mutateTree(nodes: Node[], dice: Dice, others: readonly Node[]): void {
  const lists = listsIn(nodes).filter((list) => list.length > 0);
  if (lists.length === 0) return;
  const list = pick(dice, lists);
  const index = dice.integer(list.length);
  pick(dice, MUTATIONS)({ list, index, node: list[index] as Node }, dice, others);
}
