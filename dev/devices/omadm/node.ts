/** @module What a configuration service provider (CSP) says of its nodes, and how a request is held against it. */
import { DM_STATUS } from '../../syncml/status-codes.js';
import type { Item, NodeVerb } from '../../syncml/message.js';
import type { Scope } from './paths.js';

export type NodeFormat = 'node' | 'chr' | 'int' | 'null';

type AccessVerb = NodeVerb;

/** How often a node may be there below its parent. */
export type Occurrence = '1' | '0..1' | '0..n';

export interface NodeSpec {
  readonly format: NodeFormat;
  readonly access: readonly AccessVerb[];
  readonly occurs: Occurrence;
}

/** What a Get finds. */
export interface NodeValue {
  readonly format: NodeFormat;
  readonly type?: string;
  readonly data: string;
}

export interface Outcome {
  /** A status code of OMA DM. */
  readonly status: number;
  readonly value?: NodeValue;
}

/** A node below the root of its CSP. */
export interface NodePath {
  readonly scope: Scope;
  readonly segments: readonly string[];
}

export interface Csp {
  /** Below `./Device` and `./User`, such as `Vendor/MSFT/NodeCache`. */
  readonly root: string;
  readonly handle: (verb: NodeVerb, path: NodePath, item: Item) => Outcome;
}

export const outcome = (status: number): Outcome => ({ status });

export const found = (format: NodeFormat, data: string): Outcome => ({
  status: DM_STATUS.ok,
  value: { format, data },
});

/** An interior node: the names of its children, as OMA DM lists them. */
export const children = (names: readonly string[]): Outcome => found('node', names.join('/'));

/** @returns the status of a refusal: of the verb by access type, or of the value by format. */
export function refusal(spec: NodeSpec, verb: NodeVerb, item: Item): number | undefined {
  if (!spec.access.includes(verb)) return DM_STATUS.notAllowed;
  if (verb !== 'Add' && verb !== 'Replace') return undefined;
  const { format = spec.format, data = '' } = item;
  if (format !== spec.format) return DM_STATUS.unsupportedFormat;
  if (spec.format === 'int' && !/^-?\d{1,10}$/.test(data)) return DM_STATUS.unsupportedFormat;
  return undefined;
}
