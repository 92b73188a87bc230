/** @module Resources against type data: type and version, every property, every literal value. */
import type { Fault, FaultCode } from './fault.js';
import { lineOf, parts, type Node } from './syntax.js';
import { properties, stringLiteral, type Resource, type Template } from './template.js';
import type { ObjectSchema, ResourceSchema, ResourceSchemas, Schema } from './types/schema.js';
import { possibleValues, type Known } from './values.js';

/** Words of Bicep in a resource; no type data has them. */
const META = new Set(['parent', 'scope', 'dependsOn']);

interface Context {
  readonly template: Template;
  readonly schema: ResourceSchema;
  readonly report: (code: FaultCode, node: Node, message: string) => void;
}

export function findTypeFaults(template: Template, schemas: ResourceSchemas): Fault[] {
  const faults: Fault[] = [];
  const report = (code: FaultCode, node: Node, message: string): void => {
    faults.push({ code, file: template.file, line: lineOf(node), message });
  };
  for (const resource of template.resources) {
    checkParent(resource, template, report);
    if (resource.existing) {
      checkReference(resource, report);
      continue;
    }
    const schema = schemas[`${resource.type}@${resource.version}`];
    if (schema) checkSchema(resource.body, schema.body, { template, schema, report }, { isResource: true });
    else if (Object.keys(schemas).some((id) => id.startsWith(`${resource.type}@`)))
      report(
        'api-version',
        resource.node,
        `no type data for ${resource.type} in version ${resource.version}`,
      );
    else report('unknown-type', resource.node, `no type data for ${resource.type}`);
  }
  return faults;
}

type Report = Context['report'];

/** A resource within another one names it: as its parent, by where it is written, or in a type of two parts not at all. */
function checkParent(resource: Resource, template: Template, report: Report): void {
  const { type, owner, body, node } = resource;
  const parentType = type.slice(0, type.lastIndexOf('/'));
  if (owner || !parentType.includes('/')) return;
  const written = properties(body).find(({ name }) => name === 'parent')?.value;
  const symbol = written && (written.childForFieldName('object') ?? written).text;
  const parent = template.resources.find(({ name }) => name === symbol);
  if (parent?.type !== parentType) report('no-parent', node, `${type} wants a ${parentType} as its parent`);
}

/** Of what exists only the way to it can be said. */
function checkReference({ body }: Resource, report: Report): void {
  for (const { name, key } of properties(body)) {
    if (name !== 'name' && !META.has(name))
      report('unknown-property', key, `${name} of an existing resource`);
  }
}

function checkSchema(object: Node, schema: Schema, context: Context, { isResource = false } = {}): void {
  const chosen = 'variants' in schema ? chooseVariant(object, schema, context) : schema;
  if (chosen) checkObject(object, chosen, context, isResource);
}

function chooseVariant(
  object: Node,
  { discriminator, variants }: Extract<Schema, { variants: unknown }>,
  { report }: Context,
): ObjectSchema | undefined {
  const written = properties(object).find(({ name }) => name === discriminator);
  if (!written) {
    report('missing-property', object, `${discriminator} is missing`);
    return undefined;
  }
  const literal = stringLiteral(written.value);
  const found = variants.find((variant) => variant.properties[discriminator]?.type === `'${literal ?? ''}'`);
  if (!found) report('wrong-value', written.value, `${discriminator} cannot be ${written.value.text}`);
  return found;
}

function checkObject(object: Node, schema: ObjectSchema, context: Context, isResource: boolean): void {
  const { report } = context;
  const written = properties(object);
  for (const { name, key, value } of written) {
    if (isResource && META.has(name)) continue;
    const known = Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
    if (known?.readOnly) report('read-only', key, `${name} is read-only`);
    else if (known?.type) checkValue(value, known.type, context);
    else if (schema.others) checkValue(value, schema.others, context);
    else report('unknown-property', key, unknown(name, schema));
  }
  const present = new Set(written.map(({ name }) => name));
  for (const [name, { required }] of Object.entries(schema.properties)) {
    if (required && !present.has(name)) report('missing-property', object, `${name} is missing`);
  }
}

function unknown(name: string, { properties: known }: ObjectSchema): string {
  const meant = Object.keys(known).find((one) => one.toLowerCase() === name.toLowerCase());
  return meant ? `${name} is written ${meant}` : `there is no property ${name}`;
}

function checkValue(node: Node, type: string, context: Context): void {
  for (const value of possibleValues(node, context.template)) checkKnown(value, type, context);
}

function checkKnown(value: Known, type: string, context: Context): void {
  const { kind, node } = value;
  if (kind === 'unknown' || kind === 'null' || type === 'any' || type === 'object') return;
  const wrong = (message: string): void => {
    context.report('wrong-type', node, message);
  };
  if (type.endsWith('[]')) {
    if (kind !== 'array') wrong(`this is ${kind}, not an array`);
    else if (node.type === 'array') {
      for (const item of parts(node)) checkValue(item, type.slice(0, -2), context);
    } else if (node.type === 'for_statement') checkValue(lastPart(node), type.slice(0, -2), context);
    return;
  }
  if (type.startsWith('#')) {
    const schema = context.schema.types[type.slice(1)];
    if (kind !== 'object') wrong(`this is ${kind}, not an object`);
    else if (schema && node.type === 'object') checkSchema(node, schema, context);
    return;
  }
  checkScalar(value, type.split(' | '), context);
}

/**
 * Lists that end in `string` are open: the service may know more than its description. Here they count as closed, since
 * a value that is in none of them is a slip of the pen much oftener than it is news.
 */
function checkScalar({ kind, literal, node }: Known, members: readonly string[], { report }: Context): void {
  const literals = members.filter((member) => member.startsWith("'"));
  const accepted = members.some((member) => (member.startsWith("'") ? 'string' : member) === kind);
  if (!accepted) report('wrong-type', node, `this is ${kind}, not ${members.join(' or ')}`);
  else if (
    kind === 'string' &&
    literal !== undefined &&
    literals.length > 0 &&
    !literals.includes(`'${literal}'`)
  )
    report('wrong-value', node, `'${literal}' is none of ${literals.join(', ')}`);
}

function lastPart(node: Node): Node {
  return parts(node).at(-1) ?? node;
}
