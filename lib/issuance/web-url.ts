/** @module URLs that certificates carry. */

/** Whether it can stand in a certificate as it is: absolute, web, ASCII, with nothing that a URL would escape. */
export function isWebUrl(text: string): boolean {
  return /^https?:\/\/[a-z0-9[]/i.test(text) && /^[\x21-\x7e]+$/.test(text) && URL.canParse(text);
}
