/** @module What inspecting finds, and how it is shown: the same tree as text and as JSON. */
import type { Colors } from '../terminal.js';

export interface Finding {
  /** Stable, for programs: e.g. `certificate`. */
  readonly kind: string;
  /** For people. */
  readonly title: string;
  readonly fields: readonly Field[];
  /** What lies inside. */
  readonly parts: readonly Finding[];
}

export type Field = readonly [name: string, value: string | readonly string[] | undefined];

/** Fields without a value are left out. */
export function finding(
  kind: string,
  title: string,
  fields: readonly Field[],
  parts: readonly Finding[] = [],
): Finding {
  const shown = fields.filter(([, value]) => value !== undefined && value.length > 0);
  return { kind, title, fields: shown, parts };
}

export interface FindingJson {
  readonly kind: string;
  readonly fields: Readonly<Record<string, string | readonly string[]>>;
  readonly parts: readonly FindingJson[];
}

export function toJson({ kind, fields, parts }: Finding): FindingJson {
  const shown = fields.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  return { kind, fields: Object.fromEntries(shown), parts: parts.map(toJson) };
}

export function toText(found: Finding, colors: Colors, depth = 0): string {
  const indent = '  '.repeat(depth);
  const width = Math.max(0, ...found.fields.map(([name]) => name.length));
  const lines = found.fields.flatMap(([name, value = '']) => {
    const [first = '', ...rest] = (typeof value === 'string' ? [value] : value).map(printable);
    const gap = ' '.repeat(width + 2);
    const label = colors.dim(name.padEnd(width));
    return [`${indent}  ${label}  ${first}`, ...rest.map((line) => `${indent}  ${gap}${line}`)];
  });
  return [
    `${indent}${colors.bold(found.title)}\n`,
    ...lines.map((line) => `${line}\n`),
    ...found.parts.map((part) => toText(part, colors, depth + 1)),
  ].join('');
}

/** What a stranger wrote into a name must not move the cursor, forge a line or hide behind one. */
export const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\u{FFFD}');
