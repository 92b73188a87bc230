/**
 * @module Trees of elements for mutation: read as far as anything can be read, written back octet for octet, also when
 * what was changed is no BER any more. Octet and bit strings are opened where elements lie in them.
 */
import { encode } from '../../lib/pki/der.js';
import { concat } from '../../lib/base/bytes.js';

export interface Node {
  tag: number;
  /** What stands before the children: the count of unused bits of a BIT STRING. */
  prefix: Uint8Array;
  /** Contents of a leaf. */
  content: Uint8Array;
  children: Node[] | undefined;
  /** How its length is written; `raw` is a header of the mutator's own. */
  form: 'definite' | 'indefinite' | 'long' | { readonly raw: Uint8Array };
}

const MAX_DEPTH = 24;
const CONSTRUCTED = 0x20;
const NONE = new Uint8Array();

/** @returns nothing when the octets are not a row of elements from beginning to end. */
export function readNodes(bytes: Uint8Array, depth = MAX_DEPTH): Node[] | undefined {
  if (depth === 0) return undefined;
  const nodes: Node[] = [];
  for (let at = 0; at < bytes.length;) {
    const element = readHeader(bytes, at);
    if (!element) return undefined;
    nodes.push(toNode(element.tag, bytes.subarray(element.start, element.end), depth));
    at = element.end;
  }
  return nodes.length > 0 ? nodes : undefined;
}

function readHeader(
  bytes: Uint8Array,
  at: number,
): { readonly tag: number; readonly start: number; readonly end: number } | undefined {
  const [tag = 0, first = 0x80] = bytes.subarray(at, at + 2);
  if ((tag & 0x1f) === 0x1f || first === 0x80) return undefined;
  const count = first > 0x80 ? first & 0x7f : 0;
  if (count > 4) return undefined;
  let length = count === 0 ? first : 0;
  for (let i = 0; i < count; i++) length = length * 256 + (bytes[at + 2 + i] ?? 0);
  const start = at + 2 + count;
  return start + length <= bytes.length ? { tag, start, end: start + length } : undefined;
}

function toNode(tag: number, content: Uint8Array, depth: number): Node {
  const isBitString = tag === 0x03 && content[0] === 0;
  const opened = (tag & CONSTRUCTED) !== 0 || tag === 0x04 || isBitString;
  const prefix = isBitString ? content.subarray(0, 1) : NONE;
  const children = opened ? readNodes(content.subarray(prefix.length), depth - 1) : undefined;
  return { tag, prefix: children ? prefix : NONE, content, children, form: 'definite' };
}

export function writeNodes(nodes: readonly Node[]): Uint8Array {
  return concat(nodes.map(writeNode));
}

function writeNode({ tag, prefix, content, children, form }: Node): Uint8Array {
  const inside = children ? concat([prefix, writeNodes(children)]) : content;
  if (form === 'definite') return encode(tag, inside);
  if (form === 'indefinite')
    return concat([Uint8Array.of(tag | CONSTRUCTED, 0x80), inside, Uint8Array.of(0, 0)]);
  if (form === 'long') {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(inside.length);
    return concat([Uint8Array.of(tag, 0x84), length, inside]);
  }
  return concat([form.raw, inside]);
}

/** Every list of siblings in the tree: where a node can be taken out, put in, or changed. */
export function listsIn(nodes: Node[]): Node[][] {
  const lists = [nodes];
  for (const list of lists) for (const { children } of list) if (children) lists.push(children);
  return lists;
}

export function cloneNode(node: Node): Node {
  return { ...node, children: node.children?.map(cloneNode) };
}
