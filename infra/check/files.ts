/** @module Reads the templates and the type data of a checkout. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TYPES_BY_HAND } from './types/by-hand.js';
import type { ResourceSchemas } from './types/schema.js';

/** @returns the text of each file by its path within the folder. */
export async function readTemplates(folder: string): Promise<Map<string, string>> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => /\.bicep(param)?$/.test(name));
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return new Map(names.map((name, index) => [name.replaceAll('\\', '/'), texts[index] ?? '']));
}

/** @param folder infra/ of a checkout. */
export async function readSchemas(folder: string): Promise<ResourceSchemas> {
  const text = await readFile(join(folder, 'check/types/azure.json'), 'utf8');
  const { resources } = JSON.parse(text) as { resources: ResourceSchemas };
  return { ...resources, ...TYPES_BY_HAND };
}
