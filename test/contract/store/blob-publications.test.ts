import { describe, expect, it } from 'vitest';

import { createBlobPublications } from '../../../lib/store/blob-publications.js';
import { useAzurite } from '../../support/azurite.js';
import { publicationStoreContract } from './publication-store.js';

const azurite = useAzurite();

/** Each store looks for its container anew, as another instance would. */
publicationStoreContract('blobs', () => createBlobPublications({ connection: azurite.connection() }));

describe('publications on blobs', () => {
  it('know nothing where there is not even the container', async () => {
    expect(
      await createBlobPublications({ connection: azurite.connection(), container: 'missing' }).get('ca.crl'),
    ).toBeUndefined();
  });

  it('make their container for the first of two, and one wins', async () => {
    const container = `fresh-${Date.now()}`;
    const put = () =>
      createBlobPublications({ connection: azurite.connection(), container }).put(
        'ca.crl',
        new Uint8Array([1]),
        'application/pkix-crl',
        'none',
      );
    const outcomes = await Promise.allSettled([put(), put()]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'ERR_STORE_CONFLICT' },
    });
  });

  it('keep the content type and stay private', async () => {
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

  it('are unavailable when nobody listens', async () => {
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
