/** @module A profile that is to be: what it holds, which others it refers to, and how it is known again. */

/** A profile of Intune before it has an id. */
export interface ProfileDraft {
  /** Stable for one app, e.g. `windows/device/scep`. */
  readonly key: string;
  readonly displayName: string;
  readonly description: string;
  /** In the namespace microsoft.graph. */
  readonly type: string;
  /** Of a trusted-certificate profile alone. */
  readonly place?: Place;
  readonly members: Readonly<Record<string, unknown>>;
  readonly references: readonly ProfileReference[];
}

/** What the trusted-certificate profiles of one CA and of those before and after it have in common, and what not. */
export interface Place {
  /** Stands in the marker of all of them. */
  readonly key: string;
  /** Name of the first of them. */
  readonly firstName: string;
  /** Name of this one beside another. */
  readonly furtherName: string;
  /** DER, by which this one is known. */
  readonly certificate: Uint8Array;
}

export interface ProfileReference {
  /** The relation that holds it. */
  readonly member: string;
  /** Whether Graph takes a list there. */
  readonly isList: boolean;
  /** Key of the draft that is referred to. */
  readonly to: string;
}

/** Stands in the description of every profile, so that it is found again. */
export const markerOf = (key: string, appUrl: string): string => `[skep ${key} ${appUrl}]`;

/** Ends the description: administrators may write what they like before it. */
export const describe = (key: string, appUrl: string): string =>
  `Made by skep profiles for ${appUrl}.\n${markerOf(key, appUrl)}`;

/**
 * What Graph is given to create it.
 * @param addressOf the address of the profile with that key, as a reference names it.
 */
export function toPayload(
  draft: ProfileDraft,
  addressOf: (key: string) => string,
): Readonly<Record<string, unknown>> {
  return {
    '@odata.type': `#microsoft.graph.${draft.type}`,
    displayName: draft.displayName,
    description: draft.description,
    ...draft.members,
    ...Object.fromEntries(
      draft.references.map(({ member, isList, to }) => [
        `${member}@odata.bind`,
        isList ? [addressOf(to)] : addressOf(to),
      ]),
    ),
  };
}
