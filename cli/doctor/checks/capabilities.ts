/** @module GetCACaps: each word, and the client that needs it. */
import { parseCapabilities } from '../../../dev/scep-client/index.js';
import type { Check } from '../check.js';
import { attention, bad, good } from '../outcome.js';
import { windowsUrl } from '../patient.js';

/** certmonger throws a longer answer away. */
const MAX_BYTES = 1024;

interface Word {
  /** Any of these will do. */
  readonly words: readonly string[];
  readonly because: string;
}

const NEEDED: readonly Word[] = [
  {
    words: ['POSTPKIOperation', 'SCEPStandard'],
    because: 'without it clients send the request in the URL, and an Intune challenge makes that 8 kB long',
  },
  {
    words: ['AES', 'SCEPStandard'],
    because: 'without it Windows and Android fall back to triple DES, others to DES',
  },
  { words: ['SHA-256', 'SHA-512', 'SCEPStandard'], because: 'without it clients sign with SHA-1 or MD5' },
  { words: ['SHA-1', 'SHA-256', 'SHA-512'], because: 'iOS demands one of them by name' },
];

const WISHED: readonly Word[] = [
  { words: ['Renewal'], because: 'macOS refuses to renew without it' },
  { words: ['DES3'], because: 'older macOS and strongSwan look for it' },
  { words: ['SHA-384'], because: 'strongSwan 5.9 takes AES only beside it' },
];

const capabilities: Check = {
  id: 'capabilities',
  needs: ['web-page'],
  async look(patient) {
    const url = windowsUrl(patient.target, 'GetCACaps');
    const { body } = await patient.get(url);
    const words = parseCapabilities(Buffer.from(body).toString('latin1'));
    const asked = `GET ${url}`;
    const found = [...words].slice(0, 20).join(' ') || 'nothing';
    const lacking = ({ words: any }: Word): boolean => !any.some((word) => words.has(word));
    const tell = ({ words: [word], because }: Word) => ({
      cause: `GetCACaps lacks ${String(word)}: ${because}.`,
    });
    const needed = NEEDED.find(lacking);
    if (needed) return bad('capability-missing', asked, found, tell(needed));
    if (body.length > MAX_BYTES)
      return bad('capability-missing', asked, `${body.length} octets`, {
        cause: `GetCACaps is longer than ${MAX_BYTES} octets: certmonger throws it away.`,
      });
    const wished = WISHED.find(lacking);
    return wished ? attention('capability-wished', asked, found, tell(wished)) : good(asked, found);
  },
};

export const CAPABILITIES = [capabilities];
