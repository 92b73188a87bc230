/** @module All checks, in the order in which a device would meet their faults. */
import type { Check } from './check.js';
import { ANSWERS } from './checks/answers.js';
import { CAPABILITIES } from './checks/capabilities.js';
import { CA_CERTIFICATES } from './checks/ca-certificates.js';
import { AFTERWARDS, ENROLLMENTS } from './checks/enrollments.js';
import { HEALTH } from './checks/health.js';
import { PATH } from './checks/path.js';
import { RA_CERTIFICATE } from './checks/ra-certificate.js';
import { REACH } from './checks/reach.js';
import { REQUESTS } from './checks/requests.js';
import { ISSUED, REVOCATION } from './checks/revocation.js';
import { TLS } from './checks/tls.js';

export const CHECKS: readonly Check[] = [
  ...REACH,
  ...TLS,
  ...PATH,
  ...CAPABILITIES,
  ...CA_CERTIFICATES,
  ...RA_CERTIFICATE,
  ...REQUESTS,
  ...ANSWERS,
  ...REVOCATION,
  ...HEALTH,
  ...ENROLLMENTS,
  ...ISSUED,
  ...AFTERWARDS,
];
