/** @module A plan as people and as programs read it. */
import { printable } from '../inspect/finding.js';
import type { Colors } from '../terminal.js';
import type { Difference } from './compare.js';
import type { OtherTrusted } from './places.js';
import type { Plan, PlannedProfile } from './plan.js';
import { isOfNextCa } from './trusted.js';

type Action = 'create' | 'update' | 'differs' | 'unchanged' | 'kept';

function actionOf({ id, differences }: PlannedProfile, update: boolean): Action {
  if (id === undefined) return 'create';
  if (differences.length === 0) return 'unchanged';
  return update ? 'update' : 'differs';
}

export function planLines({ profiles, kept }: Plan, update: boolean, colors: Colors): string[] {
  const paint = {
    create: colors.green,
    update: colors.yellow,
    differs: colors.yellow,
    unchanged: colors.dim,
    kept: colors.dim,
  } as const satisfies Record<Action, (text: string) => string>;
  const line = (action: Action, texts: readonly string[], details: readonly string[]): string[] => [
    `  ${paint[action](action.padEnd(9))}  ${texts.map(printable).join(', ')}`,
    ...details.map((detail) => `             ${detail}`),
  ];
  return [
    ...profiles.flatMap((planned) => {
      const { draft, assignedAs, differences } = planned;
      const action = actionOf(planned, update);
      const notes = [
        ...(isOfNextCa(draft) ? ['of the next CA'] : []),
        ...(assignedAs === undefined ? [] : [`assign as ${assignedAs} is`]),
        ...groupsToAdd(planned, action).map((name) => `assign to ${name}`),
      ];
      return line(action, [draft.displayName, ...notes], differences.map(describeDifference));
    }),
    ...kept.flatMap((other) => line('kept', [other.displayName], describeKept(other))),
  ];
}

const describeKept = ({ facts }: OtherTrusted): string[] => [
  `holds another CA certificate: ${printable(facts.subject)}, thumbprint ${facts.thumbprint}, until ${facts.notAfter.slice(0, 10)};`,
  'docs/ca.md says until when it must stay assigned',
];

/** @param ids of the profiles that there are by now, by key. */
export const planResult = (
  { profiles, kept }: Plan,
  update: boolean,
  ids: ReadonlyMap<string, string>,
): { readonly profiles: object[]; readonly kept: object[] } => ({
  profiles: profiles.map((planned) => {
    const { draft, differences, assignedAs } = planned;
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
      assignAs: assignedAs ?? null,
    };
  }),
  kept: kept.map(({ id, displayName, facts }) => ({ id, displayName, certificate: facts })),
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
