/** @module JSON that a service answers with, read tolerantly. */

export type JsonObject = Readonly<Record<string, unknown>>;

/** `text` as a JSON object, or `undefined`. */
export function parseJsonObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The member of this name; if there is none, one whose name differs only in case. */
export function memberOf(object: JsonObject, name: string): unknown {
  if (Object.hasOwn(object, name)) return object[name];
  const lower = name.toLowerCase();
  return Object.entries(object).find(([own]) => own.toLowerCase() === lower)?.[1];
}
