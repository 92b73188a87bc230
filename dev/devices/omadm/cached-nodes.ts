/** @module The nodes that the server has asked the device to watch, as the registry keeps them. */
import { createHash } from 'node:crypto';
import XmlBuilder from 'fast-xml-builder';
import { toBase64 } from '../../../lib/base/bytes.js';
import type { Registry } from './registry.js';

/** Value of any node of the tree; undefined when it is not there. */
export type NodeReader = (uri: string) => string | undefined;

/** Types of an ExpectedValue that is not the value itself. */
export const EXPECTED_TYPES = {
  /** The node should not be there. */
  nonexistent: 'application/x-nodemon-nonexistent',
  /** Base64 of the SHA-256 of the value in UTF-8. How Windows writes the hash is not documented. */
  sha256: 'application/x-nodemon-sha256',
} as const;

export interface CachedNode {
  readonly id: string;
  /** Its key in the registry. */
  readonly key: string;
  readonly uri: string | undefined;
  readonly expected: string | undefined;
  readonly expectedType: string;
}

export const listNodes = (registry: Registry, root: string): CachedNode[] =>
  registry.subkeys(`${root}\\Nodes`).map((number) => {
    const key = `${root}\\Nodes\\${number}`;
    return {
      id: registry.readText(key, 'NodeID') ?? '',
      key,
      uri: registry.readText(key, 'NodeURI'),
      expected: registry.readText(key, 'ExpectedValue'),
      expectedType: registry.readText(key, 'ExpectedType') ?? '',
    };
  });

/** The name of the next key below Nodes. */
export const nextNumber = (registry: Registry, root: string): number =>
  Math.max(0, ...registry.subkeys(`${root}\\Nodes`).map(Number)) + 1;

interface ChangedNode {
  readonly id: string;
  readonly uri: string;
  readonly actual: string | undefined;
}

/** Nodes whose value is not the expected one; a node without a URI counts as changed always. */
export function listChanged(registry: Registry, root: string, read: NodeReader): ChangedNode[] {
  return listNodes(registry, root).flatMap(({ id, uri, expected, expectedType }) => {
    const actual = uri === undefined ? undefined : read(uri);
    const same = uri !== undefined && matches(actual, expected, expectedType);
    return same ? [] : [{ id, uri: uri ?? '', actual }];
  });
}

function matches(actual: string | undefined, expected: string | undefined, type: string): boolean {
  if (type === EXPECTED_TYPES.nonexistent) return actual === undefined;
  if (actual === undefined) return false;
  if (type === EXPECTED_TYPES.sha256)
    return toBase64(createHash('sha256').update(actual).digest()) === expected;
  return actual === expected;
}

const builder = new XmlBuilder({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  suppressEmptyNode: false,
});

/** What ChangedNodesData says: the values as they are now, in base64. */
export const formatChanged = (nodes: readonly ChangedNode[]): string =>
  builder.build({
    Nodes: {
      Node: nodes.map(({ id, uri, actual }) => ({
        '@Id': id,
        '@Uri': uri,
        '#text': actual === undefined ? '' : Buffer.from(actual).toString('base64'),
      })),
    },
  });
