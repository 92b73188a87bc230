/** @module Whom the profiles of Graph are aimed at. */
import { queueUntargeted } from '../certificates.js';
import type { Assignment, DeviceConfiguration } from '../model.js';
import type { Service } from '../service.js';
import { isMember, type SimulatorState } from '../state.js';
import { refuseGraph } from './errors.js';

type Target = DeviceConfiguration['targets'][number];

const INCLUDED = '#microsoft.graph.groupAssignmentTarget';
const EXCLUDED = '#microsoft.graph.exclusionGroupAssignmentTarget';

/** What an assignment to everyone of a sort is called here. */
const EVERYONE: Readonly<Record<string, Assignment['target']>> = {
  '#microsoft.graph.allDevicesAssignmentTarget': 'allDevices',
  '#microsoft.graph.allLicensedUsersAssignmentTarget': 'allUsers',
};

/**
 * Puts the assignments of a body in place of those that there are.
 * @returns their targets.
 * @throws {Problem} 400 for a target that is not known, or a group that is not there.
 */
export function replaceAssignments(
  { state, clock }: Service,
  row: DeviceConfiguration,
  body: Readonly<Record<string, unknown>>,
): readonly Target[] {
  const targets = readTargets(body, state) ?? refuseGraph('BadRequest', clock.now());
  const excludedDeviceIds = [...state.devices.values()]
    .filter((device) =>
      targets.some(
        (target) => target['@odata.type'] === EXCLUDED && isMember(state, String(target['groupId']), device),
      ),
    )
    .map(({ id }) => id);
  for (const { id, profileId } of [...state.assignments.values()]) {
    if (profileId === row.id) state.assignments.delete(id);
  }
  for (const target of targets) {
    const type = String(target['@odata.type']);
    const kind = type === INCLUDED ? 'group' : EVERYONE[type];
    if (!kind) continue;
    const targetId = kind === 'group' ? String(target['groupId']) : '';
    const id = `${row.id}_${targetId || kind}`;
    const assignedAt = clock.now().toISOString();
    state.assignments.set(id, {
      id,
      profileId: row.id,
      target: kind,
      targetId,
      excludedDeviceIds,
      assignedAt,
    });
  }
  queueUntargeted(state);
  return targets;
}

function readTargets(body: Readonly<Record<string, unknown>>, state: SimulatorState): Target[] | undefined {
  const { assignments } = body;
  if (!Array.isArray(assignments)) return undefined;
  const targets = assignments.map(
    (assignment: unknown) => (assignment as { target?: Target } | null)?.target,
  );
  return targets.every((target): target is Target => isTarget(target, state)) ? targets : undefined;
}

function isTarget(target: Target | null | undefined, state: SimulatorState): boolean {
  if (typeof target !== 'object' || target === null) return false;
  const type = String(target['@odata.type']);
  if (type === INCLUDED || type === EXCLUDED) return state.groups.has(String(target['groupId']));
  return Object.hasOwn(EVERYONE, type);
}
