/**
 * @module The trusted-certificate profiles that Intune has. CAs follow one another, and devices trust both for a time: in
 * each place there may be a profile of each, and the certificate in it says whose it is.
 */
import { equalBytes, fromBase64 } from '../../lib/base/bytes.js';
import type { JsonObject } from '../../lib/microsoft/json.js';
import { parseCertificate } from '../../lib/pki/certificate.js';
import { certificateFacts, type CaFacts } from '../ca/describe.js';
import { readInput } from '../inspect/read-input.js';
import { CliError, EXIT } from '../terminal.js';
import { hasMarker, nameTaken, twice } from './existing.js';
import type { Place, ProfileDraft } from './draft.js';

/** A profile of ours with another CA certificate than the draft's. */
export interface OtherTrusted {
  readonly id: string;
  readonly displayName: string;
  readonly facts: CaFacts;
  readonly profile: JsonObject;
}

export interface FoundInPlace {
  /** The draft by the name that it has in Intune or is to get. */
  readonly draft: ProfileDraft;
  readonly id: string | undefined;
  /** The newest certificate first. */
  readonly others: readonly OtherTrusted[];
}

/**
 * @param profiles of the tenant, with name, description and id.
 * @param read what Graph knows of one of them.
 * @throws {CliError} when somebody else's has the name, or two of ours carry the certificate.
 */
export async function findInPlace(
  profiles: readonly JsonObject[],
  draft: ProfileDraft,
  place: Place,
  appUrl: string,
  read: (id: string) => Promise<JsonObject>,
): Promise<FoundInPlace> {
  const neighbours = profiles.filter(
    (profile) => isNamedAs(place, profile) && hasMarker(profile, place.key, appUrl),
  );
  const same: JsonObject[] = [];
  const others: OtherTrusted[] = [];
  for (const { id } of neighbours) {
    const profile = await read(String(id));
    const der = readCertificate(profile);
    if (equalBytes(der, place.certificate)) same.push(profile);
    else others.push({ ...nameOf(profile), facts: certificateFacts(der), profile });
  }
  others.sort((one, other) => other.facts.notBefore.localeCompare(one.facts.notBefore));
  const [first] = same;
  if (same.length > 1) throw twice(draft.displayName, same);
  if (first) {
    const { id, displayName } = nameOf(first);
    return { draft: { ...draft, displayName }, id, others };
  }
  const isFirstTaken = others.some(({ displayName }) => displayName === place.firstName);
  const displayName = isFirstTaken ? place.furtherName : draft.displayName;
  if (profiles.some((profile) => profile['displayName'] === displayName))
    throw nameTaken(displayName, place.key, appUrl);
  return { draft: { ...draft, displayName }, id: undefined, others };
}

function isNamedAs({ firstName }: Place, { displayName }: JsonObject): boolean {
  if (typeof displayName !== 'string' || !displayName.startsWith(firstName)) return false;
  return /^(?: [0-9A-F]{8})?$/.test(displayName.slice(firstName.length));
}

const nameOf = ({ id, displayName }: JsonObject) => ({ id: String(id), displayName: String(displayName) });

/** @throws {CliError} rather than take a profile for a CA's that may be another's. */
function readCertificate(profile: JsonObject): Uint8Array {
  const { trustedRootCertificate: text } = profile;
  try {
    const [block] = readInput(fromBase64(typeof text === 'string' ? text : ''));
    return parseCertificate(block?.bytes ?? new Uint8Array()).der;
  } catch (cause) {
    throw new CliError(
      EXIT.failed,
      'ERR_PROFILE_CERTIFICATE',
      `“${nameOf(profile).displayName}” holds no certificate that could be read.`,
      'Upload the CA certificate to it in Intune, or delete it; then run the command again.',
      { cause },
    );
  }
}
