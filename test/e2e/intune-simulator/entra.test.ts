import { generateKeyPairSync } from 'node:crypto';
import { ClientSecretCredential } from '@azure/identity';
import {
  createDefaultHttpClient,
  type HttpClient,
  type PipelineRequest,
} from '@azure/core-rest-pipeline';
import { createRemoteJWKSet, decodeJwt, jwtVerify, SignJWT } from 'jose';
import { afterEach, afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSelfSigned } from '../../support/self-signed.js';
import { SEED_IDS } from '../../../dev/intune/seed.js';
import { startIntuneSimulator, type IntuneSimulator } from '../../../dev/intune/server.js';
import {
  askToken,
  control,
  getToken,
  GRAPH_SCOPE,
  INTUNE_SCOPE,
  listEndpoints,
  readAnswer,
} from '../../support/intune-simulator.js';
