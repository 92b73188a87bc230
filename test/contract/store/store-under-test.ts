/** @module What the contract is held against. */
import type { CertificateStore, StoreMaintenance } from '../../../lib/store/store.js';

export type StoreUnderTest = CertificateStore & StoreMaintenance;

/** Called within tests; may give the same store again, since no two tests share a certificate. */
export type MakeStore = () => StoreUnderTest;
