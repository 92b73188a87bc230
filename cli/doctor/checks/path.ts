/** @module Whether SCEP answers at the URL, in all the spellings that clients use. */
import { hresultOfStatus, HRESULTS } from '../../../lib/base/hresults.js';
import { networkHresult } from '../../../dev/scep-client/hresults.js';
import { explainStatus } from '../../explain/http-statuses.js';
import type { Check } from '../check.js';
import { bad, good, type Outcome } from '../outcome.js';
import { windowsUrl, type Patient } from '../patient.js';
import { WireError, type WireAnswer } from '../wire.js';

const isRedirect = ({ status }: WireAnswer): boolean => status >= 300 && status < 400;

const isWebPage = ({ headers, body }: WireAnswer): boolean =>
  (headers['content-type'] ?? '').toLowerCase().startsWith('text/html') ||
  /^\s*<(!doctype html|html|head|body)/i.test(Buffer.from(body.subarray(0, 256)).toString('latin1'));

const redirect: Check = {
  id: 'redirect',
  needs: ['tcp', 'tls', 'tls-client-certificate', 'tls-trust', 'tls-name'],
  async look(patient) {
    const url = windowsUrl(patient.target, 'GetCACaps');
    const asked = `GET ${url}`;
    try {
      const answer = await patient.get(url);
      if (!isRedirect(answer)) return good(asked, `HTTP ${answer.status}, no redirect`);
      const found = `HTTP ${answer.status} to ${answer.headers['location'] ?? 'nowhere'}`;
      return bad('redirected', asked, found, { hresult: hresultOfStatus(answer.status) });
    } catch (thrown) {
      return lost(asked, thrown);
    }
  },
};

function lost(asked: string, thrown: unknown): Outcome {
  if (!(thrown instanceof WireError)) throw thrown;
  return bad('answer-lost', asked, thrown.code, { hresult: HRESULTS[networkHresult(thrown.code)].code });
}

const path: Check = {
  id: 'path',
  needs: ['redirect'],
  async look(patient) {
    const url = windowsUrl(patient.target, 'GetCACaps');
    const asked = `GET ${url}`;
    const { status } = await patient.get(url);
    const found = `HTTP ${status}`;
    if (status === 200) return good(asked, found);
    const hresult = hresultOfStatus(status);
    if (status !== 404) return bad('path-refused', asked, found, { hresult, ...explainStatus(status) });
    return (await answersWithoutSuffix(patient))
      ? bad('suffix-missing', asked, `${found}; without /pkiclient.exe it is there`, { hresult })
      : bad('path-missing', asked, found, { hresult });
  },
};

const answersWithoutSuffix = ({ target, get }: Patient): Promise<boolean> =>
  get(`${target.scepUrl}?operation=GetCACaps`).then(
    ({ status }) => status === 200,
    () => false,
  );

const webPage: Check = {
  id: 'web-page',
  needs: ['path'],
  async look(patient) {
    const url = windowsUrl(patient.target, 'GetCACaps');
    const answer = await patient.get(url);
    const type = answer.headers['content-type'] ?? 'no content type';
    return isWebPage(answer)
      ? bad('html-answer', `GET ${url}`, `${type}: ${titleOf(answer)}`)
      : good(`GET ${url}`, type);
  },
};

function titleOf({ body }: WireAnswer): string {
  const text = Buffer.from(body.subarray(0, 16_384)).toString('utf8');
  const [, title] = /<title[^>]*>([^<]{1,80})/i.exec(text) ?? [];
  return title ? `“${title.trim()}”` : 'a page without a title';
}

/** Each spelling, and who uses it. */
const VARIANTS = [
  ['', 'Apple and Android'],
  ['/pkiclient.exe/pkiclient.exe', 'Windows, for a profile whose URL ends in it already'],
  ['/PKIClient.EXE', 'profiles in another letter case'],
] as const;

const variants: Check = {
  id: 'path-variants',
  needs: ['web-page'],
  async look({ target, get }) {
    const urls = [
      ...VARIANTS.map(([suffix, who]) => [`${target.scepUrl}${suffix}`, who] as const),
      [upperPath(target.scepUrl), 'profiles in another letter case'] as const,
    ];
    for (const [url, who] of urls) {
      const asked = `GET ${url}?operation=GetCACaps`;
      try {
        const answer = await get(`${url}?operation=GetCACaps`);
        if (answer.status === 200 && !isWebPage(answer)) continue;
        const found = `HTTP ${answer.status}${isWebPage(answer) ? ', a web page' : ''}; asked by ${who}`;
        const particulars = answer.status === 200 ? {} : { hresult: hresultOfStatus(answer.status) };
        return bad('path-variant', asked, found, particulars);
      } catch (thrown) {
        return lost(asked, thrown);
      }
    }
    return good(`GetCACaps in ${urls.length} spellings of the path`, 'HTTP 200 in all of them');
  },
};

function upperPath(scepUrl: string): string {
  const { origin, pathname } = new URL(scepUrl);
  return `${origin}${pathname.toUpperCase()}`;
}

export const PATH = [redirect, path, webPage, variants];
