import { createMemoryStore } from '../../../dev/memory-store.js';
import { certificateStoreContract } from './certificate-store.js';

certificateStoreContract('memory', createMemoryStore);
