import { hash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { SkepError } from '../../../lib/base/errors.js';
import type { Authority, AuthoritySource } from '../../../lib/keys/authority.js';
import { recordAuthority } from '../../../lib/ledger/recorded-authority.js';
import type { LedgerEvent } from '../../../lib/ledger/ledger.js';
import { createTestClock } from '../revocation/fixtures.js';
import { testAuthority } from '../../support/test-authority.js';

const DATA = Buffer.from('what is signed');

async function setUp(note: (event: LedgerEvent) => Promise<void>) {
  const order: string[] = [];
  const { issuer } = await (await testAuthority('ec')).source();
  const counted = {
    ...issuer,
    signer: {
      ...issuer.signer,
      sign: (...given: Parameters<typeof issuer.signer.sign>) => {
        order.push('signed');
        return issuer.signer.sign(...given);
      },
    },
  };
  const authority = { issuer: counted, former: [counted] } as unknown as Authority;
  const clock = createTestClock();
  const source = recordAuthority(() => Promise.resolve(authority), 'crl', {
    queue: {
      note: (event) => {
        order.push(event.kind === 'signed' ? `${event.purpose} ${event.signedHash}` : event.kind);
        return note(event);
      },
    },
    clock,
  });
  return { source, order, issuer };
}

describe('a recorded authority', () => {
  it('writes down what it signs, and why, before it does', async () => {
    const { source, order, issuer } = await setUp(() => Promise.resolve());
    const recorded = await source();
    await recorded.issuer.signer.sign(DATA, issuer.algorithm);
    await recorded.former?.[0]?.signer.sign(DATA, issuer.algorithm);
    const noted = `crl ${hash('sha256', DATA).toUpperCase()}`;
    expect(order).toEqual([noted, 'signed', noted, 'signed']);
  });

  it('signs nothing that it could not write down', async () => {
    const { source, order, issuer } = await setUp(() =>
      Promise.reject(new SkepError('ERR_STORE_UNAVAILABLE')),
    );
    const { signer } = (await source()).issuer;
    await expect(signer.sign(DATA, issuer.algorithm)).rejects.toMatchObject({
      code: 'ERR_STORE_UNAVAILABLE',
    });
    expect(order).not.toContain('signed');
  });

  it('hands on that it is to look anew', async () => {
    const { authority } = await testAuthority('ec');
    const asked: (string | undefined)[] = [];
    const source: AuthoritySource = (anew) => {
      asked.push(anew);
      return Promise.resolve(authority);
    };
    const recorded = recordAuthority(source, 'crl', {
      queue: { note: () => Promise.resolve() },
      clock: createTestClock(),
    });
    await recorded();
    await recorded('anew');
    expect(asked).toEqual([undefined, 'anew']);
  });

  it('is the same view as long as the authority is', async () => {
    const { source } = await setUp(() => Promise.resolve());
    expect(await source()).toBe(await source());
  });
});
