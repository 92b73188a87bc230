/** @module What can be known of an expression without evaluating it: its kind, and its literal values. */
import { parts, type Node } from './syntax.js';
import { stringLiteral, type Template } from './template.js';

export type Kind = 'string' | 'int' | 'bool' | 'null' | 'object' | 'array' | 'unknown';

export interface Known {
  readonly kind: Kind;
  /** Of a string, number or boolean that is written out. */
  readonly literal?: string;
  /** Of an object or an array that is written out, or of a string with parts to be filled in. */
  readonly node: Node;
}

const UNKNOWN = (node: Node): Known[] => [{ kind: 'unknown', node }];

/** Everything that the expression can become: both ends of a choice, all that a parameter allows. */
export function possibleValues(node: Node, template: Template): Known[] {
  switch (node.type) {
    case 'string': {
      const literal = stringLiteral(node);
      return [{ kind: 'string', node, ...(literal === undefined ? {} : { literal }) }];
    }
    case 'number':
      return [{ kind: 'int', literal: node.text, node }];
    case 'boolean':
      return [{ kind: 'bool', literal: node.text, node }];
    case 'null':
      return [{ kind: 'null', node }];
    case 'object':
    case 'array':
      return [{ kind: node.type, node }];
    case 'for_statement':
      return [{ kind: 'array', node }];
    case 'parenthesized_expression':
      return parts(node).flatMap((inner) => possibleValues(inner, template));
    case 'ternary_expression':
      return ['consequence', 'alternative'].flatMap((end) => {
        const inner = node.childForFieldName(end);
        return inner ? possibleValues(inner, template) : UNKNOWN(node);
      });
    case 'identifier':
      return ofIdentifier(node, template);
    default:
      return UNKNOWN(node);
  }
}

const DECLARED_KINDS: Readonly<Record<string, Kind>> = {
  string: 'string',
  int: 'int',
  bool: 'bool',
  object: 'object',
  array: 'array',
};

function ofIdentifier(node: Node, template: Template): Known[] {
  // A variable of a loop may hide a declaration of the file.
  if (isLoopVariable(node)) return UNKNOWN(node);
  const variable = template.variables.find(({ name }) => name === node.text);
  if (variable) return possibleValues(variable.value, template);
  const parameter = template.parameters.find(({ name }) => name === node.text);
  if (!parameter) return UNKNOWN(node);
  const kind = parameter.type.endsWith('[]') ? 'array' : (DECLARED_KINDS[parameter.type] ?? 'unknown');
  if (parameter.allowed) return parameter.allowed.map((literal) => ({ kind, literal, node }));
  return [{ kind, node }];
}

/** Whether a loop around the node declares its name. */
export function isLoopVariable(node: Node): boolean {
  for (let at = node.parent; at; at = at.parent) {
    if (at.type === 'for_statement' && loopVariables(at).includes(node.text)) return true;
  }
  return false;
}

/** `for x in …` and `for (x, i) in …`. */
export function loopVariables(loop: Node): string[] {
  const [first] = parts(loop);
  return first?.type === 'for_loop_parameters' ? parts(first).map(({ text }) => text) : [first?.text ?? ''];
}
