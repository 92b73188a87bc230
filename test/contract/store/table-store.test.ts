import { createTableStore } from '../../../lib/store/table-store.js';
import { useAzurite } from '../../support/azurite.js';
import { certificateStoreContract } from './certificate-store.js';

const azurite = useAzurite();
certificateStoreContract('Azure Tables', () =>
  createTableStore({ connection: azurite.connection(), operationTimeoutMs: 30_000 }),
);
