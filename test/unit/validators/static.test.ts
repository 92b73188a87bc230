import { describe, expect, it } from 'vitest';
import { createStaticValidator } from '../../../lib/validators/static.js';

const request = (challenge: string | undefined) => ({
  transactionId: 'tx',
  csr: Uint8Array.of(0x30, 0x00),
  challenge,
  signerCertificate: Uint8Array.of(0x30, 0x00),
});

describe('the static validator', () => {
  it('grants the challenge', async () => {
    const validator = createStaticValidator({ challenge: 'open sesame' });
    expect(await validator.validate(request('open sesame'))).toEqual({ granted: true });
  });

  it('grants each of several', async () => {
    const validator = createStaticValidator({ challenge: ['old', 'new'] });
    for (const challenge of ['old', 'new']) {
      expect(await validator.validate(request(challenge))).toEqual({ granted: true });
    }
    expect(await validator.validate(request('old,new'))).toMatchObject({ code: 'ERR_CHALLENGE_WRONG' });
  });

  it.each(['open sesam', 'open sesame ', 'Open sesame', 'x'])(
    'refuses %j, and does not repeat it',
    async (wrong) => {
      const verdict = await createStaticValidator({ challenge: 'open sesame' }).validate(request(wrong));
      expect(verdict).toEqual({
        granted: false,
        code: 'ERR_CHALLENGE_WRONG',
        detail: 'no accepted challenge matches',
      });
    },
  );

  it.each([undefined, ''])('refuses the missing challenge %j', async (missing) => {
    const verdict = await createStaticValidator({ challenge: 'x' }).validate(request(missing));
    expect(verdict).toMatchObject({ granted: false, code: 'ERR_CHALLENGE_MISSING' });
  });

  it.each([[''], [[]], [['x', '']]])('is not made of %j', (challenge) => {
    expect(() => createStaticValidator({ challenge })).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG' }),
    );
  });

  it('has nobody to notify', () => {
    const validator = createStaticValidator({ challenge: 'x' });
    expect(Object.keys(validator)).toEqual(['name', 'validate']);
  });
});
