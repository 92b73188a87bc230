/** @module What the generated pages are made of. */
export { SETTINGS } from '../lib/app/settings.js';
export { ERRORS } from '../lib/base/error-codes.js';
export { failRow } from '../lib/scep/fail-info.js';
export { statusOf } from '../lib/http/status-codes.js';
export { formatHresult, HRESULTS, hresultOfStatus, signedHresult } from '../lib/base/hresults.js';
export { explain } from '../cli/explain/explain.js';
export { ENTRA_CODES } from '../cli/explain/entra-codes.js';
export { HTTP_STATUSES } from '../cli/explain/http-statuses.js';
export { QUESTIONS } from '../cli/doctor/questions.js';
export { FAULTS } from '../cli/doctor/faults.js';
export { shownHresult } from '../lib/intune/hresults.js';
export { refusalCode, RESULT_CODES, SUCCESS } from '../lib/intune/result-codes.js';
export { PLATFORMS, KINDS } from '../cli/profiles/platforms.js';
export { KEY_USAGE, PURPOSE, SCEP_VALUES } from '../cli/profiles/values.js';
export { formatCapacity } from '../test/bench/capacity/page.js';
export { DIFFERENCES } from '../test/fuzz/differences.js';
