import { describe, expect, it } from 'vitest';
import type { CaCertificateSet } from '../../../lib/keys/ca-certificates.js';
import { CA_DOCUMENT, createCaPublications } from '../../../lib/store/ca-publications.js';
import { createTestClock, createTestPublications } from '../revocation/fixtures.js';

const der = (text: string) => new Uint8Array(Buffer.from(text));

const SET: CaCertificateSet = {
  current: { certificate: der('current'), chain: [der('root')], keyName: 'skep-ca', keyVersion: 'v2' },
  next: {
    certificate: der('next'),
    chain: [],
    keyName: 'skep-ca',
    keyVersion: 'v3',
    cutOver: new Date('2027-01-31T00:00:00Z'),
  },
  former: [{ certificate: der('former'), chain: [], keyName: 'skep-ca' }],
};

describe('the document of CA certificates', () => {
  const publications = () => createTestPublications(createTestClock());

  it('is not there before the first one was installed', async () => {
    const store = createCaPublications(publications());
    expect(await store.load()).toBeUndefined();
    expect(await store.read()).toBeUndefined();
  });

  it('comes back as it was saved', async () => {
    const store = createCaPublications(publications());
    await store.save(SET, undefined);
    expect(JSON.parse(JSON.stringify(await store.read()))).toEqual(JSON.parse(JSON.stringify(SET)));
    expect((await store.read())?.next?.cutOver).toEqual(SET.next?.cutOver);
  });

  it.each(['', 'no JSON', '{}', '{"current":{"certificate":"!","chain":[],"keyName":"a"},"former":[]}'])(
    'is refused when it is damaged: %j',
    async (text) => {
      const documents = publications();
      await documents.put(CA_DOCUMENT, Buffer.from(text), 'application/json');
      await expect(createCaPublications(documents).read()).rejects.toMatchObject({
        code: 'ERR_AUTHORITY_MISSING',
      });
    },
  );
});
