/** @module The raw query of a SCEP request: `+` is data in base64, so no form decoding (RFC 8894 section 4.1). */

export interface ScepQuery {
  /** Lower case; absent when the query names none. */
  readonly operation: string | undefined;
  /** Percent-decoded once; still text. */
  readonly message: string | undefined;
}

/** @param url absolute, with the query exactly as it was sent. */
export function parseScepQuery(url: string): ScepQuery {
  const start = url.indexOf('?');
  const end = url.indexOf('#');
  const raw = start < 0 ? '' : url.slice(start + 1, end < 0 ? undefined : end);
  const found = new Map<string, string>();
  for (const pair of raw.split('&')) {
    const equals = pair.indexOf('=');
    const name = decode(equals < 0 ? pair : pair.slice(0, equals)).toLowerCase();
    if (!found.has(name)) found.set(name, equals < 0 ? '' : decode(pair.slice(equals + 1)));
  }
  return { operation: found.get('operation')?.toLowerCase(), message: found.get('message') };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A stray percent sign is the sender's mistake; the text is then taken as it stands and fails where it is used.
    return text;
  }
}

/**
 * The pkiMessage in a GET: base64 or base64url, padded or not, with the line breaks that some clients leave in and
 * the spaces that proxies make of `+`.
 * @returns nothing when it is no base64.
 */
export function decodeMessage(message: string): Uint8Array | undefined {
  const text = message.replace(/[\r\n\t]/g, '').replaceAll(' ', '+');
  if (text.length === 0 || !/^[\w+/-]+={0,2}$/.test(text)) return undefined;
  return new Uint8Array(Buffer.from(text, 'base64'));
}
