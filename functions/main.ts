/** @module What deploys: every function there is. */
import './health.js';
import './revocation.js';
import './scep.js';
import './status.js';
import './validation.js';
