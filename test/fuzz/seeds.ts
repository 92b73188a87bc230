/** @module Seeds: the recorded messages of real clients, and what lies inside them. */
import { readSignedData } from '../../lib/scep/signed-data.js';
import { viewAuthority } from '../../lib/enrollment/authority-view.js';
import { readPkiMessage, verifyPkiMessage } from '../../lib/scep/pki-message.js';
import { openRequest } from '../../lib/scep/open-request.js';
import { readCaptures, readSynthetic, vectorAuthority } from '../support/vectors.js';

const legacy = { legacy: true };

/** Every recorded pkiMessage. */
export const MESSAGES: readonly Uint8Array[] = [
  ...readCaptures('b-rsa-ca'),
  ...readCaptures('c-ec-ca-rsa-ra'),
  ...readSynthetic(),
].map(({ message }) => new Uint8Array(message));

/** Targets of GET requests as they were sent. */
export const TARGETS: readonly string[] = readCaptures('b-rsa-ca').flatMap(({ target }) => target ?? []);

/** The envelopes inside. */
export const ENVELOPES: readonly Uint8Array[] = MESSAGES.flatMap((message) => {
  const { content } = readSignedData(message);
  return content ? [Uint8Array.from(content)] : [];
});

/** Certificates that clients signed with. */
export const CERTIFICATES: readonly Uint8Array[] = MESSAGES.flatMap((message) =>
  readSignedData(message).certificates.map((der) => Uint8Array.from(der)),
);

/** The requests inside the envelopes. */
export const REQUESTS: readonly Uint8Array[] = (
  await Promise.all(
    (['b', 'c'] as const).map(async (folder) => {
      const { recipients } = viewAuthority(await vectorAuthority(folder)());
      return Promise.all(
        MESSAGES.map(async (message) => {
          try {
            const verified = verifyPkiMessage(readPkiMessage(message), legacy);
            const { request } = await openRequest(verified, recipients, legacy);
            return 'csr' in request ? [Uint8Array.from(request.csr.der)] : [];
          } catch {
            // Recorded failures, and messages to the other CA.
            return [];
          }
        }),
      );
    }),
  )
).flat(2);
