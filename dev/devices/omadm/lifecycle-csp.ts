/** @module The two orders that end a device's management: Unenroll and doWipe. */
import { DM_STATUS } from '../../syncml/status-codes.js';
import { outcome, type Csp } from './node.js';
import { PROVIDER_ID } from './paths.js';

export type EndOfLife = 'unenrolled' | 'wiped';

/** @param end is told, and acts when the session is over. */
export const createLifecycleCsps = (end: (how: EndOfLife) => void): Csp[] => [
  orderCsp(`Vendor/MSFT/DMClient/Provider/${PROVIDER_ID}`, 'Unenroll', () => {
    end('unenrolled');
  }),
  orderCsp('Vendor/MSFT/RemoteWipe', 'doWipe', () => {
    end('wiped');
  }),
];

const orderCsp = (root: string, name: string, obey: () => void): Csp => ({
  root,
  handle(verb, { segments }) {
    if (segments.join('/') !== name) return outcome(DM_STATUS.notFound);
    if (verb !== 'Exec') return outcome(DM_STATUS.notAllowed);
    obey();
    return outcome(DM_STATUS.acceptedForProcessing);
  },
});
