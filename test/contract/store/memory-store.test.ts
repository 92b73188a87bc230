import { createMemoryStore } from '../../support/memory-store.js';
import { certificateStoreContract } from './certificate-store.js';

certificateStoreContract('memory', createMemoryStore);
