/** @module NodeCache: what the server expects to find on the device, and which of it is no longer so. */
import { createHash } from 'node:crypto';
import { XMLBuilder } from 'fast-xml-parser';
import { toBase64 } from '../../../lib/base/bytes.js';
import type { Item, NodeVerb } from '../../syncml/message.js';
import { DM_STATUS } from '../../syncml/status-codes.js';
import { children, found, outcome, refusal, type Csp, type NodeSpec, type Outcome } from './node.js';
import { nodeCacheKey, PROVIDER_ID, type Scope } from './paths.js';
import { text, type Registry } from './registry.js';

/** Types of an ExpectedValue that is not the value itself. */
export const EXPECTED_TYPES = {
  /** The node should not be there. */
  nonexistent: 'application/x-nodemon-nonexistent',
  /** Base64 of the SHA-256 of the value in UTF-8. How Windows writes the hash is not documented. */
  sha256: 'application/x-nodemon-sha256',
} as const;

/** Keys are paths below {ProviderID}, `*` for the id of a cached node. */
const NODES = {
  '': { format: 'node', access: ['Add', 'Delete', 'Get'], occurs: '0..1' },
  CacheVersion: { format: 'chr', access: ['Add', 'Get', 'Replace'], occurs: '0..1' },
  ChangedNodes: { format: 'chr', access: ['Get'], occurs: '0..1' },
  ChangedNodesData: { format: 'chr', access: ['Get'], occurs: '0..1' },
  Nodes: { format: 'node', access: ['Get'], occurs: '1' },
  'Nodes/*': { format: 'node', access: ['Add', 'Delete', 'Get'], occurs: '0..n' },
  'Nodes/*/NodeURI': { format: 'chr', access: ['Add', 'Delete', 'Get', 'Replace'], occurs: '1' },
  'Nodes/*/ExpectedValue': { format: 'chr', access: ['Add', 'Delete', 'Get', 'Replace'], occurs: '1' },
  'Nodes/*/AutoSetExpectedValue': { format: 'chr', access: ['Add', 'Delete', 'Get', 'Replace'], occurs: '1' },
} as const satisfies Record<string, NodeSpec>;

type NodeName = keyof typeof NODES;

const isNode = (name: string): name is NodeName => Object.hasOwn(NODES, name);

export interface NodeCacheOptions {
  readonly registry: Registry;
  /** Value of any node of the tree; undefined when it is not there. */
  readonly read: (uri: string) => string | undefined;
}

export function createNodeCacheCsp(options: NodeCacheOptions): Csp {
  return {
    root: 'Vendor/MSFT/NodeCache',
    handle(verb, { scope, segments: [provider, ...rest] }, item) {
      const root = nodeCacheKey(scope);
      if (provider === undefined)
        return verb === 'Get'
          ? children(options.registry.hasKey(root) ? [PROVIDER_ID] : [])
          : outcome(DM_STATUS.notAllowed);
      if (provider !== PROVIDER_ID) return outcome(DM_STATUS.notFound);
      const nodeId = rest[0] === 'Nodes' ? rest[1] : undefined;
      const name = rest.map((segment, index) => (index === 1 && nodeId !== undefined ? '*' : segment)).join('/');
      if (!isNode(name)) return outcome(DM_STATUS.notFound);
      const refused = refusal(NODES[name], verb, item);
      if (refused !== undefined) return outcome(refused);
      if (name === '') return handleProvider(options, root, verb);
      if (!options.registry.hasKey(root)) return outcome(DM_STATUS.notFound);
      return nodeId === undefined
        ? handleCache(options, scope, verb, name, item)
        : handleNode(options, root, verb, name, nodeId, item);
    },
  };
}

function handleProvider({ registry }: NodeCacheOptions, root: string, verb: NodeVerb): Outcome {
  const exists = registry.hasKey(root);
  if (verb === 'Add') {
    if (exists) return outcome(DM_STATUS.alreadyExists);
    registry.createKey(`${root}\\Nodes`);
    return outcome(DM_STATUS.ok);
  }
  if (!exists) return outcome(DM_STATUS.notFound);
  if (verb === 'Get') return children(['CacheVersion', 'ChangedNodes', 'ChangedNodesData', 'Nodes']);
  registry.deleteKey(root);
  return outcome(DM_STATUS.ok);
}

function handleCache(options: NodeCacheOptions, scope: Scope, verb: NodeVerb, name: NodeName, item: Item): Outcome {
  const { registry } = options;
  const root = nodeCacheKey(scope);
  switch (name) {
    case 'CacheVersion': {
      const version = registry.readText(root, name);
      if (verb === 'Get') return version === undefined ? outcome(DM_STATUS.notFound) : found('chr', version);
      if (verb === 'Add' && version !== undefined) return outcome(DM_STATUS.alreadyExists);
      registry.write(root, name, text(item.data ?? ''));
      return outcome(DM_STATUS.ok);
    }
    case 'ChangedNodes':
      return found(
        'chr',
        listChanged(options, root)
          .map(({ id }) => id)
          .join(','),
      );
    case 'ChangedNodesData':
      return found('chr', formatChanged(listChanged(options, root)));
    default:
      return children(listNodes(registry, root).map(({ id }) => id));
  }
}

function handleNode(
  options: NodeCacheOptions,
  root: string,
  verb: NodeVerb,
  name: NodeName,
  nodeId: string,
  item: Item,
): Outcome {
  const { registry } = options;
  const node = listNodes(registry, root).find(({ id }) => id === nodeId);
  if (name === 'Nodes/*' && verb === 'Add') {
    if (node) return outcome(DM_STATUS.alreadyExists);
    if (nodeId.includes(',')) return outcome(DM_STATUS.failed);
    registry.write(`${root}\\Nodes\\${nextNumber(registry, root)}`, 'NodeID', text(nodeId));
    return outcome(DM_STATUS.ok);
  }
  if (!node) return outcome(DM_STATUS.notFound);
  if (name === 'Nodes/*') {
    if (verb === 'Get') return children(['NodeURI', 'ExpectedValue', 'AutoSetExpectedValue']);
    registry.deleteKey(node.key);
    return outcome(DM_STATUS.ok);
  }
  return handleLeaf(options, node, verb, name, item);
}

function handleLeaf(
  { registry, read }: NodeCacheOptions,
  { key, uri }: CachedNode,
  verb: NodeVerb,
  name: NodeName,
  item: Item,
): Outcome {
  const leaf = name === 'Nodes/*/NodeURI' ? 'NodeURI' : 'ExpectedValue';
  const set = (data: string, type = '') => {
    registry.write(key, leaf, text(data));
    if (leaf === 'ExpectedValue') registry.write(key, 'ExpectedType', text(type));
    return outcome(DM_STATUS.ok);
  };
  if (name === 'Nodes/*/AutoSetExpectedValue' && (verb === 'Add' || verb === 'Replace')) {
    const actual = uri === undefined ? undefined : read(uri);
    return actual === undefined ? set('', EXPECTED_TYPES.nonexistent) : set(actual);
  }
  const current = registry.readText(key, leaf);
  switch (verb) {
    case 'Get':
      return current === undefined ? outcome(DM_STATUS.notFound) : found('chr', current);
    case 'Add':
      return current === undefined ? set(item.data ?? '', item.type) : outcome(DM_STATUS.alreadyExists);
    case 'Replace':
      return set(item.data ?? '', item.type);
    default:
      registry.deleteValue(key, leaf);
      return outcome(DM_STATUS.ok);
  }
}

interface CachedNode {
  readonly id: string;
  /** Its key in the registry. */
  readonly key: string;
  readonly uri: string | undefined;
  readonly expected: string | undefined;
  readonly expectedType: string;
}

const listNodes = (registry: Registry, root: string): CachedNode[] =>
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

const nextNumber = (registry: Registry, root: string): number =>
  Math.max(0, ...registry.subkeys(`${root}\\Nodes`).map(Number)) + 1;

interface ChangedNode {
  readonly id: string;
  readonly uri: string;
  readonly actual: string | undefined;
}

/** Nodes whose value is not the expected one; a node without a URI counts as changed always. */
function listChanged({ registry, read }: NodeCacheOptions, root: string): ChangedNode[] {
  return listNodes(registry, root).flatMap(({ id, uri, expected, expectedType }) => {
    const actual = uri === undefined ? undefined : read(uri);
    const same = uri !== undefined && matches(actual, expected, expectedType);
    return same ? [] : [{ id, uri: uri ?? '', actual }];
  });
}

function matches(actual: string | undefined, expected: string | undefined, type: string): boolean {
  if (type === EXPECTED_TYPES.nonexistent) return actual === undefined;
  if (actual === undefined) return false;
  if (type === EXPECTED_TYPES.sha256) return toBase64(createHash('sha256').update(actual).digest()) === expected;
  return actual === expected;
}

const builder = new XMLBuilder({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  suppressEmptyNode: false,
});

const formatChanged = (nodes: readonly ChangedNode[]): string =>
  builder.build({
    Nodes: {
      Node: nodes.map(({ id, uri, actual }) => ({
        '@Id': id,
        '@Uri': uri,
        '#text': actual === undefined ? '' : Buffer.from(actual).toString('base64'),
      })),
    },
  });
