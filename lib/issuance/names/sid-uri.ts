/** @module URIs by which Windows maps a certificate to an account (`tag:microsoft.com,2022-09-14:sid:S-1-5-…`). */

/** Any tag of Microsoft's (RFC 4151), however it is written: better one refused too many than one read differently. */
export function isMicrosoftTag(uri: string): boolean {
  return /^tag:[^,]*microsoft\.com/i.test(decodeUri(uri));
}

export function isSidUri(uri: string): boolean {
  return readSidUri(uri) !== undefined;
}

/** The security identifier, `S-1-…`. */
export function readSidUri(uri: string): string | undefined {
  return /^tag:microsoft\.com,2022-09-14:sid:(S-1-\d{1,15}(?:-\d{1,10}){1,15})$/.exec(uri)?.[1];
}

/** Percent-encoding undone, spaces around it gone: as a lax reader would take it. */
export function decodeUri(uri: string): string {
  return uri.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))).trim();
}
