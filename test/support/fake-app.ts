/** @module The anonymous pages of a deployed app, as far as tools ask for them: its CA certificates and GetCACaps. */
import type { Fetch } from '../../dev/scep-client/index.js';
import { pem } from './openssl.js';

export interface FakeApp {
  readonly url: string;
  readonly scepUrl: string;
  /** DER, the one that issues first. */
  readonly chain: readonly Uint8Array[];
  /** The same of the CA that follows, once it is announced. */
  readonly next?: readonly Uint8Array[] | undefined;
}

/** Answers for the app, and leaves everything else to `others`. */
export function withApp({ url, scepUrl, chain, next }: FakeApp, others: Fetch): Fetch {
  return (address, init) => {
    if (address === `${url}/ca/ca.pem`) return answer(chain.map((der) => pem(der)).join(''));
    if (next && address === `${url}/ca/next.pem`) return answer(next.map((der) => pem(der)).join(''));
    if (address === `${scepUrl}?operation=GetCACaps`) return answer('AES\nPOSTPKIOperation\nSHA-256\n');
    if (address.startsWith(url)) return Promise.resolve(new Response('not here', { status: 404 }));
    return others(address, init);
  };
}

const answer = (text: string): Promise<Response> => Promise.resolve(new Response(text));
