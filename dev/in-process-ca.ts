/**
 * @module A CA in this process, on a clock that is given: the real SCEP handlers over a store in memory, with the real
 * client of the Intune simulator. Devices reach it through its `fetch`.
 */
import { createHash, generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { TokenCredential } from '@azure/core-auth';
import { createDefaultHttpClient } from '@azure/core-rest-pipeline';
import { toHex } from '../lib/base/bytes.js';
import type { Clock } from '../lib/base/clock.js';
import { MESSAGE_LIMITS } from '../lib/enrollment/limits.js';
import { silentLogger, type Logger } from '../lib/base/log.js';
import { systemRandom, type RandomBytes } from '../lib/base/random.js';
import type { Endpoint, EnrollmentService } from '../lib/enrollment/service.js';
import { createScepHandler } from '../lib/http/scep.js';
import { createIntuneClient, type IntuneClient } from '../lib/intune/client.js';
import { createProfile, type ProfileConfig } from '../lib/issuance/profile.js';
import type { JournalEntry } from '../lib/journal/recorder.js';
import type { Authority, AuthoritySource } from '../lib/keys/authority.js';
import { signCaCertificate, signRaCertificate } from '../lib/keys/certificates.js';
import { createLocalDecrypter, createLocalSigner } from '../lib/keys/local-key.js';
import { systemDelay, type Delay } from '../lib/microsoft/deadline.js';
import { createIntuneValidator } from '../lib/validators/intune.js';
import { SEED_IDS } from './intune/seed.js';
import type { IntuneSimulator } from './intune/server.js';
import { createMemoryStore, type MemoryStore } from './memory-store.js';
import type { Fetch } from './scep-client/index.js';
import { respondingWeb } from './web-response.js';

export interface InProcessCaOptions {
  /** Its clock is the CA's too. */
  readonly simulator: IntuneSimulator;
  readonly logger?: Logger;
  /** Default: an EC P-256 CA with an RSA-2048 RA, made here. */
  readonly authority?: AuthoritySource;
  /** Default: the system's. */
  readonly random?: RandomBytes;
  /** How Intune's client waits. Default: in real time. */
  readonly delay?: Delay;
  /** What differs from the default profile. */
  readonly profile?: Partial<ProfileConfig>;
  readonly onJournal?: (entry: JournalEntry) => void;
}

export interface InProcessCa {
  /** What Intune's profile names. Nothing listens there; {@link fetch} answers for it. */
  readonly scepUrl: string;
  /** SHA-1, upper-case hex. */
  readonly caThumbprint: string;
  readonly authority: AuthoritySource;
  readonly store: MemoryStore;
  readonly intune: IntuneClient;
  readonly fetch: Fetch;
}

const ENDPOINT = 'intune';
const SCEP_URL = 'http://ca.in-process.test/certsrv/mscep/mscep.dll';
/** Longer than any simulation runs. */
const VALIDITY_DAYS = 7300;
const generate = promisify(generateKeyPair);

/** Makes the CA's keys, unless it gets an authority, and points every profile of the simulator at it. */
export async function createInProcessCa(options: InProcessCaOptions): Promise<InProcessCa> {
  const { simulator, logger = silentLogger, random = systemRandom, onJournal } = options;
  const { clock } = simulator;
  const source = options.authority ?? (await createAuthority(clock, random));
  const store = createMemoryStore();
  const intune = createIntuneClient({
    credential: createCredential(simulator),
    httpClient: createDefaultHttpClient(),
    clock,
    randomBytes: random,
    delay: options.delay ?? systemDelay,
    logger,
    callerInfo: 'Skep/in-process',
    cloud: { graphBaseUrl: simulator.url },
    extraHosts: [new URL(simulator.url).host],
  });
  const service: EnrollmentService = {
    authority: source,
    store,
    currentCrl: () => Promise.reject(new Error('no device asks for a CRL by SCEP here')),
    // Neither OCSP nor a CRL is asked here.
    announceRevocation: () => undefined,
    journal: {
      record: (entry) => {
        onJournal?.(entry);
        return Promise.resolve();
      },
    },
    limits: MESSAGE_LIMITS,
    clock,
    random,
    logger,
  };
  const endpoint: Endpoint = {
    name: ENDPOINT,
    validator: createIntuneValidator({ client: intune, logger, certificateAuthority: 'Skep' }),
    profile: createProfile({ ...options.profile, name: ENDPOINT }),
    claimScope: 'challenge',
    replay: { otherKey: 'refuse' },
    legacy: false,
  };
  const handle = respondingWeb(
    createScepHandler(service, new Map([[ENDPOINT, endpoint]]), {
      maxBodyBytes: 262_144,
      maxConcurrent: 64,
      chain: 'issuer',
    }),
  );
  const { issuer } = await source();
  const caThumbprint = toHex(createHash('sha1').update(issuer.certificate).digest());
  for (const profile of simulator.state.profiles.values()) {
    profile.serverUrls = [SCEP_URL];
    profile.caThumbprint = caThumbprint;
  }
  return {
    scepUrl: SCEP_URL,
    caThumbprint,
    authority: source,
    store,
    intune,
    fetch: (url, init) => {
      const rest = new URL(url).pathname.slice(new URL(SCEP_URL).pathname.length + 1);
      return handle(ENDPOINT, rest, new Request(url, init));
    },
  };
}

async function createAuthority(clock: Clock, random: RandomBytes): Promise<AuthoritySource> {
  const [ca, ra] = await Promise.all([
    generate('ec', { namedCurve: 'P-256' }),
    generate('rsa', { modulusLength: 2048 }),
  ]);
  const signer = createLocalSigner(ca.privateKey);
  const made = { clock, random, validityDays: VALIDITY_DAYS };
  const certificate = await signCaCertificate({ subject: 'CN=In-process CA', signer, mode: 'ra', ...made });
  const issuer = { certificate, signer, algorithm: signer.algorithms[0] };
  const raSigner = createLocalSigner(ra.privateKey);
  const recipient = {
    certificate: await signRaCertificate({ issuer, publicKey: raSigner.publicKey, ...made }),
    signer: raSigner,
    decrypter: createLocalDecrypter(ra.privateKey),
  };
  const authority: Authority = {
    mode: 'ra',
    issuer,
    chain: [],
    recipients: [recipient],
    trusted: [certificate],
  };
  return () => Promise.resolve(authority);
}

interface TokenAnswer {
  readonly access_token?: string;
  readonly expires_in?: number;
}

/** Tokens of the simulator that live by its clock; the SDK's credentials know the system's alone. */
function createCredential({ url, clock }: IntuneSimulator): TokenCredential {
  return {
    async getToken(scopes) {
      const form = new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: SEED_IDS.client,
        client_secret: SEED_IDS.clientSecret,
        scope: typeof scopes === 'string' ? scopes : scopes.join(' '),
      });
      const response = await fetch(`${url}/${SEED_IDS.tenant}/oauth2/v2.0/token`, {
        method: 'POST',
        body: form,
      });
      const { access_token: token, expires_in: seconds } = (await response.json()) as TokenAnswer;
      if (token === undefined || seconds === undefined)
        throw new Error(`the simulator gave no token: HTTP ${response.status}`);
      return { token, expiresOnTimestamp: clock.now().getTime() + seconds * 1000 };
    },
  };
}
