/** @module Who asks for a token: a secret, or an assertion signed with a registered certificate. */
import { importX509, jwtVerify } from 'jose';
import type { Clock } from '../../../lib/base/clock.js';
import type { AppRegistration } from '../model.js';
import { refuseToken } from './errors.js';

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const ALGORITHMS = ['PS256', 'RS256'] as const;

/**
 * @param tokenPath path of the token endpoint: what the assertion's audience must end in, whatever the host is called.
 * @throws {Problem} an Entra error when the client is not who it says.
 */
export async function authenticateClient(
  app: AppRegistration,
  form: URLSearchParams,
  tokenPath: string,
  clock: Clock,
): Promise<void> {
  const assertion = form.get('client_assertion');
  if (assertion !== null && form.get('client_assertion_type') === ASSERTION_TYPE) {
    if (await verifyAssertion(app, assertion, tokenPath, clock)) return;
    refuseToken(700027, clock.now());
  }
  const secret = form.get('client_secret');
  if (secret === null) refuseToken(7000218, clock.now());
  if (!app.secrets.includes(secret)) refuseToken(7000215, clock.now());
}

async function verifyAssertion(
  app: AppRegistration,
  assertion: string,
  tokenPath: string,
  clock: Clock,
): Promise<boolean> {
  for (const pem of app.certificates) {
    for (const algorithm of ALGORITHMS) {
      try {
        const { payload } = await jwtVerify(assertion, await importX509(pem, algorithm), {
          algorithms: [algorithm],
          issuer: app.clientId,
          subject: app.clientId,
          requiredClaims: ['aud', 'exp', 'jti'],
          currentDate: clock.now(),
        });
        const audience = new URL(String(payload.aud));
        if (audience.pathname.toLowerCase() === tokenPath.toLowerCase()) return true;
      } catch {
        // Another certificate or algorithm may still fit.
      }
    }
  }
  return false;
}
