/** @module One Azurite in memory for a test file: started before its tests, closed after them. */
import { afterAll, beforeAll } from 'vitest';

import { type Azurite, startAzurite } from '../../dev/azurite.js';
import type { StoreConnection } from '../../lib/store/connection.js';

export interface AzuriteForTests {
  /** To be asked for within tests and hooks only. */
  connection(): StoreConnection;
}

export function useAzurite(): AzuriteForTests {
  let azurite: Azurite | undefined;
  beforeAll(async () => {
    azurite = await startAzurite();
  });
  afterAll(() => azurite?.close());
  return {
    connection() {
      if (!azurite) throw new Error('Azurite is not up yet: ask within a test or a hook');
      return { kind: 'connectionString', value: azurite.connectionString };
    },
  };
}
