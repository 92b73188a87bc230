/** @module What must not be found in anything that was written, and how it is looked for. */

/** How every challenge of Intune begins: base64 of `<CertEnrollToken`. */
const CHALLENGE_PREFIX = Buffer.from('<CertEnrollToken>').toString('base64').slice(0, 20);

/** Short enough to be found in what was cut, long enough to be nothing else. */
const PIECE = 24;

/** A secret as it may have been written: itself, in base64 and hex, and what it is the base64 of. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const decoded = Buffer.from(secret, 'base64').toString('latin1');
  // Base64 of a part depends on where it begins; one of the three is there, whatever stood before it.
  const shifted = [0, 1, 2].map((shift) =>
    bytes
      .subarray(shift)
      .toString('base64')
      .slice(4, 4 + PIECE),
  );
  const middle = Math.max(0, Math.floor(secret.length / 2) - PIECE);
  return [
    secret.slice(0, PIECE),
    secret.slice(middle, middle + PIECE),
    ...shifted,
    bytes.toString('hex').slice(0, 2 * PIECE),
    ...(secret.length > 60 ? [decoded.slice(0, PIECE)] : []),
  ].filter((form) => form.length >= 8);
}

const PATTERNS: Readonly<Record<string, RegExp>> = {
  'a challenge': new RegExp(`${CHALLENGE_PREFIX}|CertEnroll(?:Token|Challenge)`),
  'a bearer token': /eyJ[\w-]{8,}|[Bb]earer +[\w-]{8,}/,
  'a key or a request in PEM': /-----BEGIN (?!CERTIFICATE-----|X509 CRL)/,
  // A PKCS#10 of an RSA-2048 key has over 600 octets; what is cut at 300 characters still shows.
  'a blob in base64 or hex': /[A-Za-z0-9+/=]{150,}/,
};

export interface Leak {
  readonly what: string;
  /** Enough of the text to find it, and too little to leak it again. */
  readonly where: string;
}

/** @param secrets by what they are. */
export function findLeaks(
  texts: readonly string[],
  secrets: Readonly<Record<string, readonly string[]>>,
): readonly Leak[] {
  const sought = Object.entries(secrets).flatMap(([what, values]) =>
    values.flatMap((value) => formsOf(value).map((form) => ({ what, form }))),
  );
  return texts.flatMap((text) => [
    ...sought
      .filter(({ form }) => text.includes(form))
      .map(({ what }) => ({ what, where: text.slice(0, 80) })),
    ...Object.entries(PATTERNS)
      .filter(([, pattern]) => pattern.test(text))
      .map(([what]) => ({ what, where: text.slice(0, 80) })),
  ]);
}
