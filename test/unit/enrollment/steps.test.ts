import { describe, expect, it } from 'vitest';
import { viewAuthority } from '../../../lib/enrollment/authority-view.js';
import type { Endpoint } from '../../../lib/enrollment/service.js';
import { chooseValidator } from '../../../lib/enrollment/steps.js';
import { parseCertificate } from '../../../lib/pki/certificate.js';
import type { MessageType, PkiMessage } from '../../../lib/scep/message.js';
import type { Validator } from '../../../lib/validators/validator.js';
import { codeOf } from '../../support/error-code.js';
import { intuneEndpoint } from '../../support/scep-bench.js';
import { issueLeaf, testAuthority } from '../../support/test-authority.js';

const { authority } = await testAuthority('ec');
const view = viewAuthority(authority);
const ours = parseCertificate(await issueLeaf(authority.issuer));
const stranger = parseCertificate(await issueLeaf((await testAuthority('rsa', 'ca')).authority.issuer));

const grant: Validator['validate'] = () => Promise.resolve({ granted: true });
const own: Validator = { name: 'own', validate: grant };
const renewal: Validator = { name: 'renewal', validate: grant };
const off: Endpoint = intuneEndpoint({ validator: own });
const on: Endpoint = { ...off, renewal };

function choose(
  endpoint: Endpoint,
  messageType: MessageType,
  signer: typeof ours,
  challenge?: string,
): string {
  const message = { messageType, signer } as PkiMessage;
  const code = codeOf(() => chooseValidator(endpoint, view, message, challenge));
  return code ?? chooseValidator(endpoint, view, message, challenge).name;
}

describe('chooseValidator', () => {
  it.each([
    // endpoint, messageType, signer, challenge, validator
    [on, 'PKCSReq', stranger, 'x', 'own'],
    [on, 'PKCSReq', ours, 'x', 'own'],
    [on, 'RenewalReq', ours, 'x', 'own'],
    [on, 'PKCSReq', stranger, undefined, 'own'],
    [on, 'PKCSReq', ours, undefined, 'renewal'],
    [on, 'RenewalReq', ours, undefined, 'renewal'],
    [on, 'UpdateReq', ours, undefined, 'renewal'],
    [on, 'RenewalReq', stranger, undefined, 'renewal'],
    [off, 'PKCSReq', ours, 'x', 'own'],
    [off, 'RenewalReq', ours, 'x', 'own'],
    [off, 'PKCSReq', ours, undefined, 'own'],
    [off, 'RenewalReq', ours, undefined, 'ERR_RENEWAL_OFF'],
    [off, 'UpdateReq', stranger, undefined, 'ERR_RENEWAL_OFF'],
  ] as const)('row %#', (endpoint, messageType, signer, challenge, expected) => {
    expect(choose(endpoint, messageType, signer, challenge)).toBe(expected);
  });
});
