/** @module Bodies that describe a profile: members and references apart, both checked. */
import * as v from 'valibot';
import { parseJson, type SimulatorRequest } from '../http/messages.js';
import type { DeviceConfiguration } from '../model.js';
import type { Service } from '../service.js';
import { CONFIGURATION_TYPES, type ConfigurationType } from './configuration-types.js';
import { refuseGraph } from './errors.js';

export interface ConfigurationBody {
  readonly type: string;
  readonly members: Readonly<Record<string, unknown>>;
  readonly references: DeviceConfiguration['references'];
}

const BIND = '@odata.bind';

/** @throws {Problem} 400 unless the body is a JSON object. */
export function readBody(service: Service, request: SimulatorRequest): Record<string, unknown> {
  const body = parseJson(request.body);
  if (typeof body === 'object' && body !== null && !Array.isArray(body))
    return body as Record<string, unknown>;
  return refuseGraph('BadRequest', service.clock.now());
}

/**
 * @param present what it was, where the body edits it: members that it does not name stay.
 * @throws {Problem} 400 for an unknown type, a wrong, missing or unknown member, or a reference to nothing.
 */
export function parseConfiguration(
  service: Service,
  body: Readonly<Record<string, unknown>>,
  present?: DeviceConfiguration,
): ConfigurationBody {
  const refuse = () => refuseGraph('BadRequest', service.clock.now());
  const { '@odata.type': typeName, id: _id, ...rest } = body;
  const type = String(typeName).replace(/^#microsoft\.graph\./, '');
  const row = Object.hasOwn(CONFIGURATION_TYPES, type) ? CONFIGURATION_TYPES[type] : undefined;
  if (!row || typeName !== `#microsoft.graph.${type}` || (present && present.type !== type)) return refuse();

  const entries = Object.entries(rest);
  const references = Object.fromEntries(
    entries
      .filter(([name]) => name.endsWith(BIND))
      .map(([name, value]) => {
        const member = name.slice(0, -BIND.length);
        return [member, parseReferences(service, row, member, value)];
      }),
  );
  const missing = Object.entries(row.relations).find(
    ([member, { isRequired }]) => isRequired && !(member in references) && !present,
  );
  const members = Object.fromEntries(entries.filter(([name]) => !name.endsWith(BIND)));
  const checked = v.safeParse(row.schema, { ...present?.members, ...members });
  if (missing || !checked.success) return refuse();
  return { type, members: checked.output, references: { ...present?.references, ...references } };
}

/**
 * The ids that a reference names: an address, or a list of them where the relation is one.
 * @throws {Problem} 400
 */
export function parseReferences(
  service: Service,
  row: ConfigurationType,
  member: string,
  value: unknown,
): readonly string[] {
  const relation = Object.hasOwn(row.relations, member) ? row.relations[member] : undefined;
  if (!relation || Array.isArray(value) !== relation.isList)
    return refuseGraph('BadRequest', service.clock.now());
  return [value].flat().map((address) => parseAddress(service, relation.types, address));
}

/** @returns the id in the address of a profile of one of `types`. @throws {Problem} 400 */
export function parseAddress(service: Service, types: readonly string[], address: unknown): string {
  const [, id = ''] =
    /\/beta\/deviceManagement\/deviceConfigurations(?:\('|\/)([\w-]+)(?:'\))?$/.exec(String(address)) ?? [];
  const found = service.state.configurations.get(id);
  if (found && types.includes(found.type)) return found.id;
  return refuseGraph('BadRequest', service.clock.now());
}
