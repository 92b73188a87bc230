import { describe, expect, it } from 'vitest';

import { createBlobPublications } from '../../../lib/store/blob-publications.js';
import { useAzurite } from '../../support/azurite.js';

const azurite = useAzurite();

describe('publications on blobs', () => {
  it('knows nothing before anything was published, not even the container', async () => {
    expect(await createBlobPublications({ connection: azurite.connection() }).get('ca.crl')).toBeUndefined();
  });

  it('gives back what was put last', async () => {
    const publications = createBlobPublications({ connection: azurite.connection() });
    const memory = new Uint8Array(100_000).map((_, i) => i * 7);
    await publications.put('crl/0.crl', memory.subarray(5, 90_000), 'application/pkix-crl');
    await publications.put('crl/0.crl', memory.subarray(6, 90_001), 'application/pkix-crl');
    const published = await publications.get('crl/0.crl');
    expect(Buffer.from(published?.document ?? []).equals(memory.subarray(6, 90_001))).toBe(true);
    expect(published?.modifiedAt.getTime()).toBeGreaterThan(Date.parse('2020-01-01T00:00:00Z'));
    expect(await publications.get('crl/1.crl')).toBeUndefined();
  });

  it('replaces only what the writer has read', async () => {
    const publications = createBlobPublications({ connection: azurite.connection() });
    const put = (text: string, replaces: string) =>
      publications.put('ca/one.json', Buffer.from(text), 'application/json', replaces);
    await put('first', 'none');
    await expect(put('another first', 'none')).rejects.toMatchObject({ code: 'ERR_STORE_CONFLICT' });
    const { version = '' } = (await publications.get('ca/one.json')) ?? {};
    await put('second', version);
    await expect(put('late', version)).rejects.toMatchObject({ code: 'ERR_STORE_CONFLICT' });
    expect(Buffer.from((await publications.get('ca/one.json'))?.document ?? []).toString()).toBe('second');
  });

  it('keeps the content type and stays private', async () => {
    const connection = azurite.connection();
    const publications = createBlobPublications({ connection });
    await publications.put('ca.cer', new Uint8Array([1]), 'application/pkix-cert');
    const url = /BlobEndpoint=([^;]+)/.exec(
      connection.kind === 'connectionString' ? connection.value : '',
    )?.[1];
    const anonymous = await fetch(`${url ?? ''}/public/ca.cer`);
    expect(anonymous.status).toBeGreaterThanOrEqual(400);
    const { BlobServiceClient } = await import('@azure/storage-blob');
    const service = BlobServiceClient.fromConnectionString(
      connection.kind === 'connectionString' ? connection.value : '',
    );
    const properties = await service.getContainerClient('public').getBlobClient('ca.cer').getProperties();
    expect(properties.contentType).toBe('application/pkix-cert');
  });

  it('is unavailable when nobody listens', async () => {
    const connection = azurite.connection();
    const value = connection.kind === 'connectionString' ? connection.value : '';
    const publications = createBlobPublications({
      connection: {
        kind: 'connectionString',
        value: value.replace(/BlobEndpoint=[^;]+/, 'BlobEndpoint=http://127.0.0.1:1/x'),
      },
      operationTimeoutMs: 3_000,
    });
    await expect(publications.get('ca.crl')).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
    await expect(publications.put('x', new Uint8Array(), 'x/y')).rejects.toMatchObject({
      code: 'ERR_STORE_UNAVAILABLE',
    });
  });
});
