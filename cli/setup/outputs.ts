/** @module What a deployment said about itself: azd's environment file, or the outputs that Azure CLI prints. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import * as v from 'valibot';
import { readFile } from '../files.js';
import { usageError } from '../terminal.js';

/** Looks an output up by its name in infra/main.bicep, whatever its case: Azure and azd change it. */
export type Outputs = (name: string) => string | undefined;

const ArmOutputs = v.record(v.string(), v.looseObject({ value: v.unknown() }));
const AzdConfig = v.object({ defaultEnvironment: v.string() });

/** @param file JSON of `az deployment group show --query properties.outputs`, or lines `NAME="value"`. */
export function readOutputs(file: string): Outputs {
  const text = readFile(file, '--outputs').toString('utf8');
  const pairs = text.trimStart().startsWith('{') ? readJson(text, file) : Object.entries(parseEnv(text));
  const values = new Map(
    pairs.flatMap(([name, value]) =>
      typeof value === 'string' && value !== '' ? [[name.toLowerCase(), value]] : [],
    ),
  );
  return (name) => values.get(name.toLowerCase());
}

function readJson(text: string, file: string): [string, unknown][] {
  try {
    return Object.entries(v.parse(ArmOutputs, JSON.parse(text))).map(([name, { value }]) => [name, value]);
  } catch {
    throw usageError(
      `${file} holds no outputs of a deployment.`,
      'Write them with: az deployment group show --name skep --resource-group skep --query properties.outputs > skep.json',
    );
  }
}

/**
 * The environment file that azd keeps beside azure.yaml.
 * @param name of the environment; default: azd's default one.
 * @returns undefined when there is none.
 */
export function findAzdOutputs(folder: string, name?: string): string | undefined {
  const environment = name ?? defaultEnvironment(join(folder, '.azure', 'config.json'));
  const file = environment === undefined ? undefined : join(folder, '.azure', environment, '.env');
  return file !== undefined && existsSync(file) ? file : undefined;
}

function defaultEnvironment(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  try {
    const { defaultEnvironment: name } = v.parse(
      AzdConfig,
      JSON.parse(readFile(file, 'azd').toString('utf8')),
    );
    return name;
  } catch {
    return undefined;
  }
}
