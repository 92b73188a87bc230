import { systemClock } from '../../../lib/base/clock.js';
import { createMemoryPublications } from '../../support/memory-publications.js';
import { publicationStoreContract } from './publication-store.js';

const publications = createMemoryPublications(systemClock);

publicationStoreContract('memory', () => publications);
