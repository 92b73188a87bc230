/** @module What changed in a registry, one line for each value. */
import type { RegistryKey, RegistryValue } from '../devices/omadm/registry.js';

/** Lines begin with `+` for a new value, `~` for a changed one, `-` for what is gone. */
export function describeChanges(before: readonly RegistryKey[], after: readonly RegistryKey[]): string[] {
  const old = flatten(before);
  const now = flatten(after);
  const lines: string[] = [];
  for (const [name, value] of now) {
    const shown = formatValue(value);
    const previous = old.get(name);
    if (!previous) lines.push(`+ ${name} = ${shown}`);
    else if (formatValue(previous) !== shown) lines.push(`~ ${name} = ${shown}`);
  }
  for (const name of old.keys()) if (!now.has(name)) lines.push(`- ${name}`);
  return lines;
}

const flatten = (keys: readonly RegistryKey[]): Map<string, RegistryValue> =>
  new Map(
    keys.flatMap(({ path, values }) =>
      Object.entries(values).map(([name, value]): [string, RegistryValue] => [
        `${shorten(path)}\\${name}`,
        value,
      ]),
    ),
  );

const shorten = (path: string): string =>
  path
    .replace(/^HKLM\\SOFTWARE\\Microsoft\\/, 'HKLM\\…\\')
    .replace(/ModelName_AC_[^\\]*_Hash_(-?\d+)/, '{UniqueID …Hash_$1}');

const SHOWN_LENGTH = 60;

function formatValue({ type, data }: RegistryValue): string {
  if (typeof data === 'number') return `0x${data.toString(16).toUpperCase()} (${type})`;
  if (typeof data !== 'string') return `${data.length} protected octets (${type})`;
  const text = data.length > SHOWN_LENGTH ? `${data.slice(0, SHOWN_LENGTH)}…` : data;
  return `"${text}" (${type})`;
}
