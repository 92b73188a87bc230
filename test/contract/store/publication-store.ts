/** @module What every publication store must do. */
import { describe, expect, it } from 'vitest';
import type { PublicationStore } from '../../../lib/store/store.js';

const CONFLICT = { code: 'ERR_STORE_CONFLICT' };

/** @param make called within tests; may give the same store again, since no two tests share a name. */
export function publicationStoreContract(name: string, make: () => PublicationStore): void {
  let names = 0;
  const newName = () => `contract/${++names}.txt`;
  const put = (document: string, text: string, replaces?: string) =>
    make().put(document, Buffer.from(text), 'text/plain', replaces);
  const textOf = async (document: string) =>
    Buffer.from((await make().get(document))?.document ?? []).toString();
  const versionOf = async (document: string) => (await make().get(document))?.version ?? 'nothing is there';

  describe(`the contract of publications: ${name}`, () => {
    it('knows nothing before anything was published', async () => {
      expect(await make().get(newName())).toBeUndefined();
    });

    it('gives back what was put last', async () => {
      const document = newName();
      const memory = new Uint8Array(100_000).map((_, i) => i * 7);
      await make().put(document, memory.subarray(5, 90_000), 'application/pkix-crl');
      await make().put(document, memory.subarray(6, 90_001), 'application/pkix-crl');
      const published = await make().get(document);
      expect(Buffer.from(published?.document ?? []).equals(memory.subarray(6, 90_001))).toBe(true);
      expect(published?.modifiedAt.getTime()).toBeGreaterThan(Date.parse('2020-01-01T00:00:00Z'));
      expect(await make().get(newName())).toBeUndefined();
    });

    it('puts the first only where there is none', async () => {
      const document = newName();
      await put(document, 'first', 'none');
      await expect(put(document, 'another first', 'none')).rejects.toMatchObject(CONFLICT);
      expect(await textOf(document)).toBe('first');
    });

    it('replaces only what the writer has read', async () => {
      const document = newName();
      await put(document, 'first', 'none');
      const version = await versionOf(document);
      await put(document, 'second', version);
      await expect(put(document, 'late', version)).rejects.toMatchObject(CONFLICT);
      expect(await textOf(document)).toBe('second');
    });

    it('tells a version from a later one of the same octets', async () => {
      const document = newName();
      await put(document, 'same', 'none');
      const version = await versionOf(document);
      await put(document, 'same');
      await expect(put(document, 'late', version)).rejects.toMatchObject(CONFLICT);
    });

    it('does not replace what is not there', async () => {
      const [document, absent] = [newName(), newName()];
      await put(document, 'other', 'none');
      const version = await versionOf(document);
      await expect(put(absent, 'late', version)).rejects.toMatchObject(CONFLICT);
      expect(await make().get(absent)).toBeUndefined();
    });

    it.each(['nothing', 'something'])('lets one of two win who both found %s there', async (found) => {
      const document = newName();
      if (found === 'something') await put(document, 'before');
      const version = found === 'something' ? await versionOf(document) : 'none';
      const outcomes = await Promise.allSettled([
        put(document, 'one', version),
        put(document, 'two', version),
      ]);
      const won = outcomes.findIndex(({ status }) => status === 'fulfilled');
      expect(outcomes[1 - won]).toMatchObject({ status: 'rejected', reason: CONFLICT });
      expect(await textOf(document)).toBe(['one', 'two'][won]);
    });
  });
}
