/** @module Every target there is. */
import type { Target } from './target.js';
import { csr } from './targets/csr.js';
import { der } from './targets/der.js';
import { certificate, envelope, pkiMessage } from './targets/messages.js';
import { handler, request } from './targets/handler.js';
import { ocsp } from './targets/ocsp.js';
import { challenge, query } from './targets/texts.js';

export const TARGETS: readonly Target[] = [
  der,
  pkiMessage,
  envelope,
  certificate,
  csr,
  ocsp,
  challenge,
  query,
  handler,
  request,
];
