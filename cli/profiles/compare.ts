/** @module Where a profile of Intune is not what it should be. */

export interface Difference {
  readonly member: string;
  readonly present: unknown;
  readonly wanted: unknown;
}

/** Looks at what is wanted alone: Graph adds members of its own, and administrators may set further ones. */
export function listDifferences(
  wanted: Readonly<Record<string, unknown>>,
  present: Readonly<Record<string, unknown>>,
): readonly Difference[] {
  return Object.entries(wanted)
    .filter(([member, value]) => !fits(value, present[member], member))
    .map(([member, value]) => ({ member, wanted: value, present: present[member] }));
}

function fits(wanted: unknown, present: unknown, member: string): boolean {
  if (Array.isArray(wanted)) {
    return (
      Array.isArray(present) &&
      present.length === wanted.length &&
      wanted.every((item, index) => fits(item, present[index], member))
    );
  }
  if (typeof wanted === 'object' && wanted !== null) {
    return (
      typeof present === 'object' &&
      present !== null &&
      Object.entries(wanted).every(([name, value]) =>
        fits(value, (present as Record<string, unknown>)[name], name),
      )
    );
  }
  // Says only which file was uploaded.
  if (member === 'certFileName') return true;
  // A set of flags comes back in Graph's own order.
  if (member === 'keyUsage') return flags(wanted) === flags(present);
  return wanted === false ? (present ?? false) === false : wanted === present;
}

const flags = (value: unknown): string => String(value).split(',').toSorted().join();
