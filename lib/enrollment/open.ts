/** @module Step 1, its last part: the envelope is opened by whichever recipient it is for. */
import { SkepError } from '../base/errors.js';
import type { PkiMessage } from '../scep/message.js';
import { openRequest, type OpenedRequest } from '../scep/open-request.js';
import { viewAuthority, type AuthorityView, type RecipientView } from './authority-view.js';
import type { Endpoint, EnrollmentService } from './service.js';

export interface OpenedMessage {
  readonly opened: OpenedRequest<RecipientView>;
  /** The view that opened it. */
  readonly authority: AuthorityView;
}

/**
 * Another instance may have handed out an RA certificate that came to be after this one had looked, as after the CA was
 * replaced. So this one looks again before it refuses; if it cannot, that is an outage and no verdict.
 * @throws {SkepError} as `openRequest`, and what the authority throws.
 */
export async function open(
  service: Pick<EnrollmentService, 'authority'>,
  endpoint: Endpoint,
  authority: AuthorityView,
  message: PkiMessage,
): Promise<OpenedMessage> {
  try {
    return { opened: await openRequest(message, authority.recipients, endpoint), authority };
  } catch (thrown) {
    if (!(thrown instanceof SkepError) || thrown.code !== 'ERR_SCEP_RECIPIENT') throw thrown;
    const newer = viewAuthority(await service.authority('anew'));
    if (newer === authority) throw thrown;
    return { opened: await openRequest(message, newer.recipients, endpoint), authority: newer };
  }
}
