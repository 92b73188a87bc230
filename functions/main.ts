/** @module What deploys: every function there is. */
import './health.js';
import './log.js';
import './manage.js';
import './revocation.js';
import './scep.js';
import './status.js';
import './timers.js';
import './validation.js';
