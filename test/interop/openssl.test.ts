/** openssl as the reader of everything: what GetCACert hands out, and answers to every kind of request we know how to make. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  createScepClient,
  createSelfSignedCertificate,
  exportPrivateKey,
  generateRsaKey,
  CIPHER_NAMES,
  DIGEST_NAMES,
} from '../../dev/scep-client/index.js';
