/** @module What each kind of alternative name has to look like (RFC 5280 section 4.2.1.6). */
import type { LeafNameKind } from '../profile.js';
import { isHostName } from './host-name.js';
import { isDeceptive } from './text.js';

/** RFC 5321 section 4.1.2, without quoted local parts. */
const MAILBOX = /^([\w.!#$%&'*+/=?^`{|}~-]{1,64})@([^@]+)$/;

/** RFC 3986: a scheme and only what may stand in a URI, so no unresolved `{{variable}}` either. */
const ABSOLUTE_URI = /^[a-z][a-z0-9+.-]*:(?:[\w.~:/?#[\]@!$&'()*+,;=-]|%[0-9a-f]{2})+$/i;

/**
 * `user@domain`. A user part that ends in `$` is the account of a computer, and Active Directory would take it so;
 * Entra has no such user principal names.
 */
const PRINCIPAL = /^[^@\s]*[^@\s$]@[\p{L}\p{N}.-]+$/u;

const MAX_URI_OCTETS = 2048;
const MAX_MAILBOX_OCTETS = 254;
const MAX_PRINCIPAL_CHARACTERS = 1024;

export const IS_WELL_FORMED = {
  dns: isHostName,
  email: (text) => text.length <= MAX_MAILBOX_OCTETS && isHostName(MAILBOX.exec(text)?.[2] ?? ''),
  uri: (text) => text.length <= MAX_URI_OCTETS && ABSOLUTE_URI.test(text),
  // Its length was checked when it was read, and every value of that length is an address.
  ip: () => true,
  upn: (text) => text.length <= MAX_PRINCIPAL_CHARACTERS && PRINCIPAL.test(text) && !isDeceptive(text),
} as const satisfies Record<LeafNameKind, (text: string) => boolean>;
