// From the type data of one resource type to what a checker needs: names, types and whether they may or must be set.

/** Names that are types by themselves; anything else in a type's text is a type of the answer or a literal. */
const PRIMITIVES = new Set(['string', 'int', 'bool', 'any', 'null', 'object', 'array', 'unknown']);

/**
 * @param {{$type: string, name: string}[]} parts as azmcp prints them: the resource first, then all types of its file.
 * @returns {{name: string, schema: object}} name as in Bicep, `Microsoft.Web/sites@2024-11-01`.
 */
export function stripSchema(parts) {
  const resource = parts.find(({ $type }) => $type === 'Resource');
  const definitions = new Map(
    parts.filter(({ $type }) => $type.endsWith('Object')).map((part) => [part.name, part]),
  );
  const needed = new Map();
  const wanted = new Set();
  const want = (name) => wanted.add(name);
  const body = strip(resource.bodyType, definitions, want);
  for (const name of wanted) needed.set(name, strip(definitions.get(name), definitions, want));
  return { name: resource.name, schema: { body, types: Object.fromEntries([...needed].sort()) } };
}

function strip(part, definitions, want) {
  if (part.$type === 'DiscriminatedObject') {
    return {
      discriminator: part.discriminator ?? 'name',
      variants: part.elements.map((element) =>
        strip({ ...element, properties: [...part.baseProperties, ...element.properties] }, definitions, want),
      ),
    };
  }
  const properties = part.properties.map(({ name, type, flags = '' }) => {
    if (flags.includes('ReadOnly')) return [name, { readOnly: true }];
    const required = flags.includes('Required');
    return [name, { type: convert(type, definitions, want), ...(required ? { required } : {}) }];
  });
  const { additionalPropertiesType: others } = part;
  return {
    properties: Object.fromEntries(properties),
    ...(others ? { others: convert(others, definitions, want) } : {}),
  };
}

/**
 * Types have a text form: `A | B | string[]` is an array of any of these. Literals and types look the same in it; a name
 * among several is a literal, even where a type has that name too.
 * @returns `string`, `#TypeName`, `'literal'`, or an array of these for a union; `[]` at the end makes an array of it.
 */
function convert(text, definitions, want) {
  const isArray = text.endsWith('[]');
  const members = (isArray ? text.slice(0, -2) : text).split(' | ');
  const converted = members.map((member) => {
    if (PRIMITIVES.has(member)) return member;
    if (members.length > 1 || !definitions.has(member)) return `'${member}'`;
    want(member);
    return `#${member}`;
  });
  return `${converted.join(' | ')}${isArray ? '[]' : ''}`;
}
