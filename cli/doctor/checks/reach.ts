/** @module Whether the server can be reached at all: URL, name, connection. */
import { isIP } from 'node:net';
import { networkHresult } from '../../../dev/scep-client/hresults.js';
import type { Check } from '../check.js';
import { bad, good, skipped } from '../outcome.js';
import { placeOf } from '../system-wire.js';
import { WireError } from '../wire.js';

const url: Check = {
  id: 'url',
  needs: [],
  look({ target: { scepUrl, secure, local } }) {
    const asked = `the URL ${scepUrl}`;
    if (secure) return good(asked, 'https, without a query');
    if (local) return skipped('the server is on this machine, where plain HTTP is as good');
    return bad('plain-http', asked, 'http://');
  },
};

const dns: Check = {
  id: 'dns',
  needs: [],
  async look({ target: { host }, wire }) {
    if (isIP(host)) return skipped(`${host} is an address, not a name`);
    const asked = `the system’s resolver for ${host}`;
    try {
      return good(asked, (await wire.resolve(host)).join(', '));
    } catch (thrown) {
      return bad('name-unknown', asked, codeOf(thrown));
    }
  },
};

const tcp: Check = {
  id: 'tcp',
  needs: ['dns'],
  async look({ target, wire }) {
    const place = placeOf(new URL(target.scepUrl));
    const asked = `a connection to ${place.host} port ${place.port}`;
    try {
      await wire.connect(place);
      return good(asked, 'connected');
    } catch (thrown) {
      const code = codeOf(thrown);
      const fault = networkHresult(code) === 'WININET_E_TIMEOUT' ? 'no-answer' : 'no-connection';
      return bad(fault, asked, code);
    }
  },
};

const codeOf = (thrown: unknown): string => {
  if (thrown instanceof WireError) return thrown.code;
  throw thrown;
};

export const REACH = [url, dns, tcp];
