/** @module A plan as people and as programs read it. */
import { printable } from '../inspect/finding.js';
import type { Colors } from '../terminal.js';
import type { Difference } from './compare.js';
import type { PlannedProfile } from './plan.js';

type Action = 'create' | 'update' | 'differs' | 'unchanged';

function actionOf({ id, differences }: PlannedProfile, update: boolean): Action {
  if (id === undefined) return 'create';
  if (differences.length === 0) return 'unchanged';
  return update ? 'update' : 'differs';
}

export function planLines(plan: readonly PlannedProfile[], update: boolean, colors: Colors): string[] {
  const paint = {
    create: colors.green,
    update: colors.yellow,
    differs: colors.yellow,
    unchanged: colors.dim,
  } as const satisfies Record<Action, (text: string) => string>;
  return plan.flatMap((planned) => {
    const action = actionOf(planned, update);
    const assigned = groupsToAdd(planned, action).map((name) => `assign to ${name}`);
    return [
      `  ${paint[action](action.padEnd(9))}  ${[planned.draft.displayName, ...assigned].map(printable).join(', ')}`,
      ...planned.differences.map((difference) => `             ${describeDifference(difference)}`),
    ];
  });
}

/** @param ids of the profiles that there are by now, by key. */
export const planResult = (
  plan: readonly PlannedProfile[],
  update: boolean,
  ids: ReadonlyMap<string, string>,
): object[] =>
  plan.map((planned) => {
    const { draft, differences } = planned;
    const action = actionOf(planned, update);
    return {
      key: draft.key,
      displayName: draft.displayName,
      type: draft.type,
      action,
      id: ids.get(draft.key) ?? null,
      differences: differences.map(({ member, present, wanted }) => ({
        member,
        present: present ?? null,
        wanted,
      })),
      assignTo: groupsToAdd(planned, action),
    };
  });

/** What differs is not assigned before it is right. */
const groupsToAdd = ({ newGroups }: PlannedProfile, action: Action): string[] =>
  action === 'differs' ? [] : newGroups.map(({ name }) => name);

const LONG = 60;

function describeDifference({ member, present, wanted }: Difference): string {
  const [before, after] = [present, wanted].map((value) => {
    const text =
      value === undefined ? 'nothing' : printable(typeof value === 'string' ? value : JSON.stringify(value));
    return text.length > LONG ? `${text.slice(0, LONG)}…` : text;
  });
  return `${member}: ${before ?? ''} should be ${after ?? ''}`;
}
