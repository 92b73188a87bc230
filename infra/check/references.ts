/** @module What is read of resources, `app.properties.defaultHostName`, is there according to the type data. */
import type { Fault } from './fault.js';
import { lineOf, walk, type Node } from './syntax.js';
import type { Resource, Template } from './template.js';
import type { PropertySchema, ResourceSchema, ResourceSchemas, Schema } from './types/schema.js';

export function findReferenceFaults(template: Template, schemas: ResourceSchemas): Fault[] {
  return [...walk(template.root)]
    .filter((node) => node.type === 'member_expression' && node.parent?.type !== 'member_expression')
    .flatMap((node) => {
      const [symbol = '', ...path] = node.text.replace(/[!?]|\[[^\]]*\]/g, '').split('.');
      const resource = template.resources.find(({ name }) => name === symbol.split('::').at(-1));
      const schema = resource && schemas[`${resource.type}@${resource.version}`];
      const stray = schema && strayStep(path, schema);
      return stray ? [fault(template, node, resource, stray)] : [];
    });
}

/** The first step that leads nowhere. Where the data ends, at what is read-only, anything may follow. */
function strayStep(path: readonly string[], { body, types }: ResourceSchema): string | undefined {
  let at: Schema | undefined = body;
  for (const step of path) {
    if (!at) return undefined;
    const found: PropertySchema | undefined = propertyOf(at, step);
    if (!found) return step;
    at = found.type?.startsWith('#') ? types[found.type.slice(1)] : undefined;
  }
  return undefined;
}

function propertyOf(schema: Schema, name: string): PropertySchema | undefined {
  const objects = 'variants' in schema ? schema.variants : [schema];
  for (const { properties, others } of objects) {
    if (Object.hasOwn(properties, name)) return properties[name];
    if (others) return { type: others };
  }
  return undefined;
}

function fault({ file }: Template, node: Node, resource: Resource, step: string): Fault {
  return {
    code: 'unknown-property',
    file,
    line: lineOf(node),
    message: `${resource.type} has no ${step} to read`,
  };
}
