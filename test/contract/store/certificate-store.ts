/** @module What every certificate store must do. Each group of rules is a file of its own. */
import { describe } from 'vitest';

import { concurrencyRules } from './concurrency-rules.js';
import { issuanceRules } from './issuance-rules.js';
import { maintenanceRules } from './maintenance-rules.js';
import { moveRules } from './move-rules.js';
import { revocationRules } from './revocation-rules.js';
import { searchRules } from './search-rules.js';
import type { MakeStore } from './store-under-test.js';

/** @param make gives a store, empty or with what other tests left in it. */
export function certificateStoreContract(name: string, make: MakeStore): void {
  describe(`certificate store: ${name}`, () => {
    issuanceRules(make);
    moveRules(make);
    concurrencyRules(make);
    revocationRules(make);
    searchRules(make);
    maintenanceRules(make);
  });
}
