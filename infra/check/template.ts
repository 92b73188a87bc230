/** @module A syntax tree to what a template declares. */
import { lineOf, parts, walk, type Node, type Parse } from './syntax.js';

interface Declared {
  readonly name: string;
  readonly node: Node;
  readonly line: number;
}

export interface Parameter extends Declared {
  /** As it is written: `string`, `string[]`, `ownSettings`. */
  readonly type: string;
  readonly default?: Node;
  /** Literal texts of `@allowed`. */
  readonly allowed?: readonly string[];
}

export interface Resource extends Declared {
  readonly type: string;
  readonly version: string;
  readonly existing: boolean;
  /** The object with its properties, out of loops and conditions. */
  readonly body: Node;
  readonly condition?: string;
  /** Declared inside of this one. */
  readonly owner?: Resource;
}

export interface Module extends Declared {
  /** Within infra/. */
  readonly path: string;
  readonly body: Node;
}

export interface Template {
  readonly file: string;
  readonly root: Node;
  readonly parameters: readonly Parameter[];
  /** With their values. */
  readonly variables: readonly (Declared & { readonly value: Node })[];
  readonly types: readonly (Declared & { readonly value: Node })[];
  readonly imports: readonly (Declared & { readonly path: string })[];
  readonly resources: readonly Resource[];
  readonly modules: readonly Module[];
  readonly outputs: readonly (Declared & { readonly value: Node })[];
}

/** @param file within infra/; paths in it are taken from there. */
export function readTemplate(file: string, text: string, parse: Parse): Template {
  const root = parse(text);
  const statements = root.namedChildren;
  const of = (type: string) => statements.filter((node) => node.type === type);
  const top = of('resource_declaration').map((node) => readResource(node));
  return {
    file,
    root,
    parameters: of('parameter_declaration').map(readParameter),
    variables: of('variable_declaration').map(readAssignment),
    types: of('type_declaration').map(readAssignment),
    imports: of('import_functionality').flatMap((node) => readImport(node, file)),
    resources: top.flatMap((resource) => [resource, ...readNested(resource)]),
    modules: of('module_declaration').map((node) => ({
      ...declared(node),
      path: resolvePath(file, stringLiteral(parts(node)[1]) ?? ''),
      body: unwrap(parts(node).at(-1)),
    })),
    outputs: of('output_declaration').map(readAssignment),
  };
}

/** The value of a string without interpolation. */
export function stringLiteral(node: Node | undefined): string | undefined {
  if (node?.type !== 'string') return undefined;
  const inner = parts(node);
  if (inner.length === 0) return '';
  return inner.length === 1 && inner[0]?.type === 'string_content' ? inner[0].text : undefined;
}

/** Properties of an object in the order in which they are written. */
export function properties(
  object: Node,
): { readonly name: string; readonly key: Node; readonly value: Node }[] {
  return parts(object).flatMap((property) => {
    const [key, value] = parts(property);
    if (property.type !== 'object_property' || !key || !value) return [];
    return [{ name: stringLiteral(key) ?? key.text, key, value }];
  });
}

/** The value at a path of properties, where every step is an object that is written out. */
export function valueAt(object: Node | undefined, ...path: readonly string[]): Node | undefined {
  return path.reduce<Node | undefined>(
    (at, name) =>
      at?.type === 'object' ? properties(at).find((property) => property.name === name)?.value : undefined,
    object,
  );
}

function declared(node: Node): Declared {
  const name = parts(node).find(({ type }) => type === 'identifier')?.text ?? '';
  return { name, node, line: lineOf(node) };
}

function readParameter(node: Node): Parameter {
  const [, type, value] = parts(node);
  const allowed = decoratorsOf(node).find(({ text }) => text.startsWith('@allowed('));
  const list = allowed && [...walk(allowed)].find((inner) => inner.type === 'array');
  return {
    ...declared(node),
    type: type?.text ?? '',
    ...(value ? { default: value } : {}),
    ...(list ? { allowed: parts(list).map((item) => stringLiteral(item) ?? item.text) } : {}),
  };
}

/** Decorators stand before what they decorate, as a node of their own. */
function decoratorsOf(node: Node): Node[] {
  let before = node.previousNamedSibling;
  while (before?.type === 'comment' || before?.type === 'diagnostic_comment')
    before = before.previousNamedSibling;
  return before?.type === 'decorators' ? parts(before) : [];
}

function readAssignment(node: Node): Declared & { readonly value: Node } {
  const value = parts(node).at(-1);
  if (!value) throw new Error(`line ${lineOf(node)}: nothing is assigned`);
  return { ...declared(node), value };
}

function readImport(node: Node, file: string): (Declared & { readonly path: string })[] {
  const names = parts(node).filter(({ type }) => type === 'identifier');
  const path = resolvePath(file, stringLiteral(parts(node).find(({ type }) => type === 'string')) ?? '');
  return names.map((name) => ({ name: name.text, node, line: lineOf(node), path }));
}

function readResource(node: Node, owner?: Resource): Resource {
  const written = stringLiteral(parts(node)[1]) ?? '';
  const [type = '', version = ''] = owner
    ? [`${owner.type}/${written.split('@')[0] ?? ''}`, written.split('@')[1] ?? owner.version]
    : written.split('@');
  const value = parts(node).at(-1);
  const condition = value && [...walk(value)].find((inner) => inner.type === 'if_statement');
  return {
    ...declared(node),
    type,
    version,
    existing: node.children.some((child) => child.type === 'existing'),
    body: unwrap(value),
    ...(condition ? { condition: parts(condition)[0]?.text ?? '' } : {}),
    ...(owner ? { owner } : {}),
  };
}

function readNested(owner: Resource): Resource[] {
  return parts(owner.body)
    .flatMap((property) => parts(property))
    .filter(({ type }) => type === 'resource_declaration')
    .map((node) => readResource(node, owner));
}

/** The object within loops and conditions. */
function unwrap(node: Node | undefined): Node {
  if (!node) throw new Error('a declaration has no body');
  if (node.type !== 'for_statement' && node.type !== 'if_statement') return node;
  return unwrap(parts(node).at(-1));
}

function resolvePath(from: string, path: string): string {
  return new URL(path, `file:///${from}`).pathname.slice(1);
}
