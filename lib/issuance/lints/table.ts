/** @module All lints. A new one is a file beside this one and a line in it. */
import { authorityKeyIdentifier } from './authority-key-identifier.js';
import { basicConstraints } from './basic-constraints.js';
import { extendedKeyUsage } from './extended-key-usage.js';
import { issuerName } from './issuer-name.js';
import { keyUsage } from './key-usage.js';
import { knownExtensions } from './known-extensions.js';
import type { Lint } from './rule.js';
import { securityIdentifier } from './security-identifier.js';
import { serialNumber } from './serial-number.js';
import { signatureAlgorithm } from './signature-algorithm.js';
import { subjectAltName } from './subject-alt-name.js';
import { subjectKeyIdentifier } from './subject-key-identifier.js';
import { timeEncoding } from './time-encoding.js';
import { uniqueExtensions } from './unique-extensions.js';
import { urls } from './urls.js';
import { validity } from './validity.js';
import { version } from './version.js';

export const LINTS: readonly Lint[] = [
  version,
  serialNumber,
  signatureAlgorithm,
  issuerName,
  validity,
  timeEncoding,
  uniqueExtensions,
  knownExtensions,
  authorityKeyIdentifier,
  subjectKeyIdentifier,
  basicConstraints,
  keyUsage,
  extendedKeyUsage,
  subjectAltName,
  securityIdentifier,
  urls,
];
