/** @module Options that contradict what is there: refused, since ignored they would seem to have been followed. */
import { equalBytes } from '../../lib/base/bytes.js';
import { DAY_MS } from '../../lib/base/clock.js';
import type { CaCertificateSet, CaRecord } from '../../lib/keys/ca-certificates.js';
import { isSameCa } from '../../lib/keys/ca-life.js';
import { belongsTo } from '../../lib/keys/fitness.js';
import { parseCertificate } from '../../lib/pki/certificate.js';
import { encodeName, formatName } from '../../lib/pki/name.js';
import { usageError } from '../terminal.js';

/** What was asked of the next CA in so many words. */
export interface NextCaWishes {
  /** RFC 4514 text. */
  readonly subject?: string | undefined;
  readonly years?: number | undefined;
  /** Of the vault key. */
  readonly keyName?: string | undefined;
}

const YEAR_MS = 365.25 * DAY_MS;

/**
 * The command that announced the next CA may be repeated, and another may move the day; neither makes another CA.
 * @throws {CliError} with exit code 2
 */
export function assertAnnounced(next: CaRecord, { subject, years, keyName }: NextCaWishes): void {
  const { subject: name, notBefore, notAfter } = parseCertificate(next.certificate);
  const life = Math.round((notAfter.getTime() - notBefore.getTime()) / YEAR_MS);
  const others = [
    ...(subject === undefined || equalBytes(encodeName(subject), name.der) ? [] : ['--subject']),
    ...(years === undefined || years === life ? [] : ['--years']),
    ...(keyName === undefined || keyName === next.keyName ? [] : ['--key']),
  ];
  if (others.length === 0) return;
  throw usageError(
    `A next CA is announced already, and not as ${others.join(' and ')} would have it: it is ${formatName(name)}, with --years ${life}, over the key ${next.keyName}.`,
    `To make another, run \`skep ca rollover --cancel\` first. To keep it, leave ${others.join(' and ')} out.`,
  );
}

/**
 * Whether there is a CA that `record` can follow on a day. Records, CRLs and addresses know a CA by its key, so two that live
 * side by side have two keys, whatever their names.
 * @throws {CliError} with exit code 2
 */
export function assertFollows(record: CaRecord, set: CaCertificateSet | undefined): void {
  if (!set)
    throw usageError(
      'There is no CA yet that this one could follow.',
      'Leave --cut-over out: the first CA issues at once.',
    );
  const own = 'A CA that follows has a key of its own: `skep ca csr --create-key`.';
  if (isSameCa(set.current, record))
    throw usageError(
      'This is a certificate of the present CA: same key, same name. It takes no cut-over, since it is used at once.',
      `To install it now, leave --cut-over out. ${own}`,
    );
  if (
    belongsTo(parseCertificate(set.current.certificate), parseCertificate(record.certificate).publicKey.spki)
  )
    throw usageError(
      'This is another name for the key of the present CA: both would publish their CRLs under one address.',
      own,
    );
}
