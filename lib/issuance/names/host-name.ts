/** @module Host names in the preferred syntax (RFC 1034 section 3.5, RFC 1123 section 2.1), and what lies below them. */

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;

/** Letters, digits and hyphens; no wildcard, no closing dot, not an IPv4 address in disguise. */
export function isHostName(text: string): boolean {
  const labels = text.split('.');
  return (
    text.length <= 253 && labels.every((label) => LABEL.test(label)) && !/^\d+$/.test(labels.at(-1) ?? '')
  );
}

/**
 * Whether a name is one of the domains or lies below one. The name is compared as a lax reader would take it: without
 * regard to case, width, spaces around it or closing dots.
 * @param domains lower case, without leading or closing dots.
 */
export function isUnder(name: string, domains: readonly string[]): boolean {
  if (domains.length === 0) return false;
  const bare = name.normalize('NFKC').replaceAll('\u3002', '.').trim().toLowerCase().replace(/\.+$/, '');
  return domains.some((domain) => bare === domain || bare.endsWith(`.${domain}`));
}
