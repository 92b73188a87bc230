/** @module Bicep text to a syntax tree, by tree-sitter-bicep (WebAssembly: nothing is compiled at install). */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { Language, Parser, type Node } from 'web-tree-sitter';
import type { Fault } from './fault.js';

export type { Node };

export type Parse = (text: string) => Node;

/** A parser for many texts. It remembers them: most checks are of texts that were checked before, all but for one. */
export async function createParser(): Promise<Parse> {
  await Parser.init();
  const grammar = createRequire(import.meta.url).resolve('tree-sitter-bicep/tree-sitter-bicep.wasm');
  const parser = new Parser().setLanguage(await Language.load(await readFile(grammar)));
  const known = new Map<string, Node>();
  return (text) => {
    const root = known.get(text) ?? parser.parse(text)?.rootNode;
    if (!root) throw new Error('the parser was given no language');
    known.set(text, root);
    return root;
  };
}

export const lineOf = (node: Node): number => node.startPosition.row + 1;

/** The node and all that is in it, from the outside in. */
export function* walk(node: Node): Generator<Node> {
  yield node;
  for (const child of node.children) yield* walk(child);
}

/** The named children, without comments. */
export function parts(node: Node): Node[] {
  return node.namedChildren.filter(({ type }) => type !== 'comment' && type !== 'diagnostic_comment');
}

/** What the grammar could not read. */
export function findSyntaxFaults(file: string, root: Node): Fault[] {
  return [...walk(root)]
    .filter((node) => node.isError || node.isMissing)
    .map((node) => ({
      code: 'syntax',
      file,
      line: lineOf(node),
      message: node.isMissing ? `${node.type} is missing` : `cannot read "${node.text.slice(0, 40)}"`,
    }));
}
