/** @module Whether a certificate is still good, put together: OCSP, CRLs, and revoking. */
import type { Clock } from '../base/clock.js';
import type { Logger } from '../base/log.js';
import type { RandomBytes } from '../base/random.js';
import type { Directory } from '../directory/directory.js';
import type { AuthoritySource } from '../keys/authority.js';
import type { EventQueue } from '../ledger/ledger.js';
import { recordAuthority } from '../ledger/recorded-authority.js';
import { createCrlPublisher, type CrlPublisher } from '../revocation/crl-publisher.js';
import type { IntuneCheck } from '../revocation/intunes-own.js';
import { createLiveReader } from '../revocation/live-reader.js';
import { createOcspResponder, type OcspResponder } from '../revocation/ocsp-responder.js';
import { createResponderKeys } from '../revocation/responder-key.js';
import { createRevoker, type Revoker } from '../revocation/revoker.js';
import type { CertificateStore, PublicationStore, StoreMaintenance } from '../store/store.js';
import type { Config } from './config.js';

export interface Revocation {
  readonly ocsp: OcspResponder;
  readonly crl: CrlPublisher;
  readonly revoker: Revoker;
}

export interface RevocationParts {
  readonly authority: AuthoritySource;
  readonly store: CertificateStore & StoreMaintenance & { readonly events: EventQueue };
  readonly publications: PublicationStore;
  readonly isIntunes: IntuneCheck;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly logger: Logger;
  /** Absent when it is not connected. */
  readonly directory?: Directory;
}

export function composeRevocation(
  { settings, publicUrl }: Config,
  { authority, store, publications, isIntunes, clock, random, logger, directory }: RevocationParts,
): Revocation {
  const recording = { queue: store.events, clock };
  const ocsp = createOcspResponder({
    authority: recordAuthority(authority, 'ocsp-responder', recording),
    certificates:
      directory && settings.SKEP_OCSP_DIRECTORY === 'live'
        ? createLiveReader({
            certificates: store,
            directory,
            revoker: () => revoker,
            isIntunes,
            clock,
            logger,
          })
        : store,
    responderKeys: createResponderKeys({ clock, random, logger }),
    clock,
    logger,
  });
  const crl = createCrlPublisher({
    authority: recordAuthority(authority, 'crl', recording),
    revoked: store,
    publications,
    clock,
    logger,
    publicUrl,
  });
  const revoker = createRevoker({ store, ocsp, crl, clock, logger });
  return { ocsp, crl, revoker };
}
