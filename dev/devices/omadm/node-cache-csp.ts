/** @module NodeCache: what the server expects to find on the device, and which of it is no longer so. */
import type { Item, NodeVerb } from '../../syncml/message.js';
import { DM_STATUS } from '../../syncml/status-codes.js';
import {
  EXPECTED_TYPES,
  formatChanged,
  listChanged,
  listNodes,
  nextNumber,
  type CachedNode,
  type NodeReader,
} from './cached-nodes.js';
import { children, found, outcome, refusal, type Csp, type NodeSpec, type Outcome } from './node.js';
import { nodeCacheKey, PROVIDER_ID, type Scope } from './paths.js';
import { text, type Registry } from './registry.js';

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
  readonly read: NodeReader;
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
      const name = rest
        .map((segment, index) => (index === 1 && nodeId !== undefined ? '*' : segment))
        .join('/');
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

function handleCache(
  options: NodeCacheOptions,
  scope: Scope,
  verb: NodeVerb,
  name: NodeName,
  item: Item,
): Outcome {
  const { registry, read } = options;
  const root = nodeCacheKey(scope);
  if (name === 'CacheVersion') return handleVersion(registry, root, verb, item);
  if (name === 'Nodes') return children(listNodes(registry, root).map(({ id }) => id));
  const changed = listChanged(registry, root, read);
  return found(
    'chr',
    name === 'ChangedNodesData' ? formatChanged(changed) : changed.map(({ id }) => id).join(','),
  );
}

function handleVersion(registry: Registry, root: string, verb: NodeVerb, { data = '' }: Item): Outcome {
  const version = registry.readText(root, 'CacheVersion');
  if (verb === 'Get') return version === undefined ? outcome(DM_STATUS.notFound) : found('chr', version);
  if (verb === 'Add' && version !== undefined) return outcome(DM_STATUS.alreadyExists);
  registry.write(root, 'CacheVersion', text(data));
  return outcome(DM_STATUS.ok);
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
  if (verb === 'Get') return current === undefined ? outcome(DM_STATUS.notFound) : found('chr', current);
  if (verb === 'Add' && current !== undefined) return outcome(DM_STATUS.alreadyExists);
  if (verb === 'Add' || verb === 'Replace') return set(item.data ?? '', item.type);
  registry.deleteValue(key, leaf);
  return outcome(DM_STATUS.ok);
}
