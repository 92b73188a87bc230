/** @module App settings: what the templates set is what the code reads, both ways. */
import * as v from 'valibot';
import { SETTINGS } from '../../lib/app/settings.js';
import type { Fault } from './fault.js';
import { lineOf, parts, walk, type Node } from './syntax.js';
import { properties, stringLiteral, type Template } from './template.js';

/** Settings that make no sense in Azure. */
const LOCAL_ONLY: readonly string[] = [
  'SKEP_KEYS_FOLDER',
  'SKEP_KEYS_PASSPHRASE',
  'SKEP_CA_KEY_TYPE',
  'SKEP_CA_SUBJECT',
  'SKEP_STORAGE_CONNECTION',
  'SKEP_INTUNE_HOSTS',
  'SKEP_VAULT_SIMULATOR_CERTIFICATE',
];

/** What the Functions host reads. */
const HOST_SETTINGS: readonly string[] = [
  'AzureWebJobsStorage__accountName',
  'AzureWebJobsStorage__credential',
  'AzureWebJobsStorage__clientId',
  'AzureWebJobsDisableHomepage',
  'APPLICATIONINSIGHTS_CONNECTION_STRING',
  'APPLICATIONINSIGHTS_AUTHENTICATION_STRING',
  'FUNCTIONS_REQUEST_BODY_SIZE_LIMIT',
];

/** What OpenSSL reads in the worker. */
const PROCESS_SETTINGS: readonly string[] = ['OPENSSL_ia32cap'];

/** What the code leaves to the deployment, with the one value that is right in Azure. */
const FIXED: Readonly<Record<string, string>> = { SKEP_HTTPS_ONLY: 'true', SKEP_KEYS: 'vault' };

interface SettingRow {
  readonly schema: v.GenericSchema<string, unknown>;
  readonly secret?: true;
}

interface Listed {
  readonly template: Template;
  readonly node: Node;
  readonly entries: ReturnType<typeof properties>;
}

export function findSettingFaults(
  templates: ReadonlyMap<string, Template>,
  rows: Readonly<Record<string, SettingRow>> = SETTINGS,
): Fault[] {
  const set = list(templates, 'main.bicep', 'variables', 'skepSettings');
  const chosen = list(templates, 'settings.bicep', 'types', 'ownSettings');
  const host = list(templates, 'modules/app.bicep', 'variables', 'hostSettings');
  return [
    ...setFaults(set, rows),
    ...choiceFaults(chosen, set, rows),
    ...missingFaults([set, chosen], rows),
    ...hostFaults(host),
  ];
}

function list(
  templates: ReadonlyMap<string, Template>,
  file: string,
  kind: 'variables' | 'types',
  name: string,
): Listed {
  const template = templates.get(file);
  const declaration = template?.[kind].find((one) => one.name === name);
  if (!template || !declaration) throw new Error(`${file} declares no ${name}`);
  return { template, node: declaration.node, entries: properties(declaration.value) };
}

/** Those that every deployment sets: known, public, and valid where they are written out. */
function setFaults({ template, entries }: Listed, rows: Readonly<Record<string, SettingRow>>): Fault[] {
  return entries.flatMap(({ name, key, value }) => {
    const row = rows[name];
    if (!row) return [fault(template, key, `the code reads no ${name}`)];
    if (row.secret) return [fault(template, key, `${name} is a secret: a choice, and a Key Vault reference`)];
    const literal = stringLiteral(value);
    const fixed = FIXED[name];
    if (fixed !== undefined && literal !== fixed) return [fault(template, value, `${name} is ${fixed}`)];
    return literal !== undefined && !v.safeParse(row.schema, literal).success
      ? [fault(template, value, `${name} cannot be '${literal}'`)]
      : [];
  });
}

/** Those that a deployment may choose: known, not set already, and with the choices that the code has. */
function choiceFaults(
  { template, entries }: Listed,
  set: Listed,
  rows: Readonly<Record<string, SettingRow>>,
): Fault[] {
  return entries.flatMap(({ name, key, value }) => {
    const row = rows[name];
    if (!row)
      return PROCESS_SETTINGS.includes(name) ? [] : [fault(template, key, `the code reads no ${name}`)];
    if (LOCAL_ONLY.includes(name)) return [fault(template, key, `${name} is for local use`)];
    if (set.entries.some((one) => one.name === name)) return [fault(template, key, `${name} is set already`)];
    const written = [...walk(value)]
      .filter(({ type, isNamed }) => type === 'string' && isNamed)
      .map((node) => stringLiteral(node));
    const wanted = optionsOf(row.schema);
    const same = written.length === wanted.length && wanted.every((option) => written.includes(option));
    return same ? [] : [fault(template, key, `${name} takes ${wanted.join(', ') || 'any text'}`)];
  });
}

function missingFaults(lists: readonly Listed[], rows: Readonly<Record<string, SettingRow>>): Fault[] {
  const listed = new Set([...lists.flatMap(({ entries }) => entries.map(({ name }) => name)), ...LOCAL_ONLY]);
  const [{ template, node }] = lists as [Listed, ...Listed[]];
  return [
    ...Object.keys(rows).filter((name) => !listed.has(name)),
    ...LOCAL_ONLY.filter((name) => !rows[name]),
  ].map((name) => fault(template, node, `${name} is neither set, nor a choice, nor a setting for local use`));
}

function hostFaults({ template, node, entries }: Listed): Fault[] {
  const names = entries.map(({ name }) => name);
  const missing = HOST_SETTINGS.filter((name) => !names.includes(name));
  return [
    ...entries
      .filter(({ name }) => !HOST_SETTINGS.includes(name))
      .map(({ name, key }) => fault(template, key, `the Functions host reads no ${name}`)),
    ...missing.map((name) => fault(template, node, `the Functions host wants ${name}`)),
  ];
}

/** The texts of a closed list; empty for anything else. */
function optionsOf(schema: v.GenericSchema<string, unknown>): readonly string[] {
  if ('pipe' in schema) return optionsOf((schema.pipe as [v.GenericSchema<string, unknown>])[0]);
  return 'options' in schema ? (schema.options as readonly string[]) : [];
}

function fault({ file }: Template, node: Node, message: string): Fault {
  return { code: 'settings', file, line: lineOf(parts(node)[0] ?? node), message };
}
