/** @module Every setting there is: one row each. `config.ts` reads them, docs/settings.md is made of them. */
import * as v from 'valibot';
import { MESSAGE_LIMITS } from '../enrollment/limits.js';

const text = v.pipe(v.string(), v.trim(), v.nonEmpty('is empty'));
const wholeNumber = (min: number, max: number) =>
  v.pipe(
    text,
    v.regex(/^\d+$/, 'is not a whole number'),
    v.transform(Number),
    v.minValue(min, `is below ${min}`),
    v.maxValue(max, `is above ${max}`),
  );
const flag = v.pipe(
  v.picklist(['true', 'false'], 'is neither true nor false'),
  v.transform((value) => value === 'true'),
);
const url = v.pipe(
  text,
  v.url('is no URL'),
  v.transform((value) => value.replace(/\/+$/, '')),
);
const list = v.pipe(
  text,
  v.transform((value) => value.split(/[\s,;]+/).filter(Boolean)),
);

/** Key Vault's rule for the names of keys and certificates. */
const vaultName = v.pipe(text, v.regex(/^[0-9A-Za-z-]{1,127}$/, 'is no name of a key vault object'));

interface SettingRow {
  readonly schema: v.GenericSchema<string, unknown>;
  /** Text of the default; absent: no default, the setting may stay unset. */
  readonly default?: string;
  /** For docs/settings.md. */
  readonly about: string;
  /** Never shown, never logged. */
  readonly secret?: true;
}

export const SETTINGS = {
  SKEP_PUBLIC_URL: {
    schema: url,
    about:
      'Where devices reach this app over plain HTTP, for the OCSP, CRL and CA addresses in certificates. Default: `http://` and the app’s host name in Azure.',
  },
  SKEP_LOG_LEVEL: {
    schema: v.picklist(['debug', 'info', 'warn', 'error'], 'is not debug, info, warn or error'),
    default: 'info',
    about:
      'The least important lines that are still logged: debug, info, warn or error. With `warn` nobody logs who revoked, what was issued or the heads of the issuance log; with `error` the alert on expiry has nothing to find.',
  },

  SKEP_KEYS: {
    schema: v.picklist(['file', 'vault'], 'is neither file nor vault'),
    default: 'vault',
    about: 'Where the keys are: `vault` (Azure Key Vault) or `file` (a folder of PEM files, for local use).',
  },
  SKEP_KEYS_FOLDER: { schema: text, about: 'Folder of the key files; needed when SKEP_KEYS is `file`.' },
  SKEP_KEYS_PASSPHRASE: {
    schema: text,
    secret: true,
    about: 'Opens encrypted key files and encrypts those that are made.',
  },
  SKEP_VAULT_URL: {
    schema: url,
    about: 'The key vault, `https://….vault.azure.net`; needed when SKEP_KEYS is `vault`.',
  },
  SKEP_CA_KEY: {
    schema: vaultName,
    default: 'skep-ca',
    about: 'Name of the CA’s key in the vault. The CA certificate says which of its versions signs.',
  },
  SKEP_RA_CERTIFICATE: {
    schema: vaultName,
    default: 'skep-ra',
    about: 'Name of the RA’s certificate in the vault; the app makes it, and its successors.',
  },
  SKEP_RA_KEY: {
    schema: v.picklist(['process', 'vault'], 'is neither process nor vault'),
    default: 'process',
    about:
      'Where the RA’s private key works: in the `process`, which fetches it at its start, or in the `vault`, which costs two operations more for every certificate.',
  },
  SKEP_VAULT_SHARE_PERCENT: {
    schema: wholeNumber(1, 100),
    default: '80',
    about:
      'The part of Key Vault’s published limit that one instance of the app uses before it turns devices away for a moment. Divide by the number of instances that are often at work together.',
  },
  SKEP_VAULT_SIMULATOR_CERTIFICATE: {
    schema: text,
    about:
      'For local use only: the TLS certificate (PEM) of a Key Vault simulator on this machine. It is refused for any other vault.',
  },
  SKEP_CA_KEY_TYPE: {
    schema: v.picklist(['RSA-2048', 'RSA-3072', 'RSA-4096', 'EC-P256', 'EC-P384'], 'is no kind of key'),
    default: 'RSA-3072',
    about: 'Kind of a CA key that is made locally: RSA-2048, RSA-3072, RSA-4096, EC-P256 or EC-P384.',
  },
  SKEP_CA_SUBJECT: {
    schema: text,
    default: 'CN=Skep Local CA',
    about: 'Name of a CA certificate that is made locally.',
  },
  SKEP_SCEP_MODE: {
    schema: v.picklist(['ra', 'ca'], 'is neither ra nor ca'),
    default: 'ra',
    about:
      '`ra`: a certificate of its own opens requests and signs answers, as NDES has it. `ca`: the CA key does that too (RSA only).',
  },
  SKEP_SCEP_CHAIN: {
    schema: v.picklist(['issuer', 'full'], 'is neither issuer nor full'),
    default: 'issuer',
    about:
      'What GetCACert hands out beside the RA certificate: the issuing CA alone, or the chain up to the root.',
  },

  SKEP_STORAGE_CONNECTION: {
    schema: text,
    secret: true,
    about: 'Connection string of the storage; for local use. In Azure the identity is used instead.',
  },
  SKEP_TABLES_URL: {
    schema: url,
    about: 'Table endpoint of the storage account, `https://….table.core.windows.net`.',
  },
  SKEP_BLOBS_URL: {
    schema: url,
    about: 'Blob endpoint of the storage account, `https://….blob.core.windows.net`.',
  },

  AZURE_CLIENT_ID: { schema: text, about: 'Client id of the user-assigned managed identity.' },
  SKEP_TENANT_ID: { schema: text, about: 'Tenant of Intune. Default: the tenant of the managed identity.' },
  SKEP_INTUNE: { schema: flag, default: 'true', about: 'Whether the Intune endpoint exists.' },
  SKEP_INTUNE_CLIENT_ID: {
    schema: text,
    about:
      'App registration in Intune’s tenant, when that is another tenant than the app’s. Needs SKEP_INTUNE_CLIENT_SECRET.',
  },
  SKEP_INTUNE_CLIENT_SECRET: {
    schema: text,
    secret: true,
    about: 'Its secret: a Key Vault reference. With one tenant the managed identity needs none.',
  },
  SKEP_INTUNE_SCOPE: {
    schema: text,
    default: 'https://api.manage.microsoft.com//.default',
    about: 'Scope of Intune’s tokens. The double slash is real.',
  },
  SKEP_INTUNE_APP_ID: {
    schema: text,
    default: '0000000a-0000-0000-c000-000000000000',
    about: 'Application whose endpoint list names Intune’s services.',
  },
  SKEP_GRAPH_URL: {
    schema: url,
    default: 'https://graph.microsoft.com',
    about: 'Microsoft Graph; national clouds differ.',
  },
  SKEP_GRAPH_SCOPE: {
    schema: text,
    default: 'https://graph.microsoft.com/.default',
    about: 'Scope of Graph’s tokens; national clouds differ.',
  },
  SKEP_INTUNE_HOSTS: {
    schema: list,
    about: 'Hosts (`host` or `host:port`) beside Microsoft’s that may see Intune tokens, for a simulator.',
  },
  SKEP_INTUNE_NOTIFY: {
    schema: v.picklist(['before', 'deferred'], 'is neither before nor deferred'),
    default: 'before',
    about:
      'When Intune is told of a certificate: `before` it is delivered, or `deferred`: afterwards, by a timer, while the request waits in the storage account until Intune took it, a day at most as long as the app runs. A refusal, or a day and five attempts without an answer, revokes the certificate.',
  },

  SKEP_STATIC_CHALLENGE: {
    schema: text,
    secret: true,
    about: 'Challenge of the static endpoint. Unset: the endpoint does not exist.',
  },
  SKEP_STATIC_LEGACY: {
    schema: flag,
    default: 'false',
    about: 'Whether the static endpoint accepts single DES and MD5, which RFC 8894 forbids.',
  },
  SKEP_STATIC_RENEWAL: {
    schema: flag,
    default: 'true',
    about: 'Whether the static endpoint renews by an existing certificate instead of the challenge.',
  },
  SKEP_RENEWAL_UNKNOWN: {
    schema: v.picklist(['refuse', 'accept'], 'is neither refuse nor accept'),
    default: 'refuse',
    about:
      'What a certificate of this CA that is not in the store gets where certificates renew. `accept` is for a CA that issued before this app did, until its devices have renewed once: whether such a certificate was revoked, nobody here can tell.',
  },
  SKEP_ENDPOINTS: {
    schema: text,
    secret: true,
    about: 'Further SCEP endpoints, JSON: see docs/endpoints.md.',
  },
  SKEP_REPLAY_WINDOW_MINUTES: {
    schema: wholeNumber(1, 1440),
    default: '60',
    about:
      'How long an endpoint with a shared challenge answers the very same request with the same certificate.',
  },
  SKEP_CHALLENGE_OTHER_KEY: {
    schema: v.picklist(['refuse', 'supersede'], 'is neither refuse nor supersede'),
    default: 'refuse',
    about:
      'What a used Intune challenge with another key gets: `refuse`, or `supersede` (a new certificate, the first one revoked).',
  },

  SKEP_VALIDITY_DAYS: {
    schema: wholeNumber(1, 3650),
    default: '365',
    about: 'Longest life of a certificate. What the profile asks for is honoured up to this.',
  },
  SKEP_BACKDATE_MINUTES: {
    schema: wholeNumber(0, 10_080),
    default: '1440',
    about: 'How far before now certificates start, for devices whose clocks are slow during setup.',
  },
  SKEP_EXPIRY_JITTER_PERCENT: {
    schema: wholeNumber(0, 50),
    default: '0',
    about: 'Brings the end forward by up to this share of the life, so that renewals spread.',
  },
  SKEP_EXTENDED_KEY_USAGES: {
    schema: list,
    about:
      'Extended key usages that may be asked for, by name or OID. Default: clientAuth serverAuth emailProtection ipsecIKE eapOverLAN.',
  },
  SKEP_PROTECTED_DOMAINS: {
    schema: list,
    about: 'Domains whose names no device may have in its certificate, since devices report their own names.',
  },
  SKEP_REQUIRE_IDENTITY: {
    schema: flag,
    default: 'false',
    about:
      'Whether every certificate must name a device id (`IntuneDeviceId://…` or a common name) or a user principal name.',
  },
  SKEP_ALLOW_SID_URI: {
    schema: flag,
    default: 'false',
    about: 'Whether a SAN may carry a Windows security identifier (`tag:microsoft.com,2022-09-14:sid:`).',
  },
  SKEP_ADD_SID_EXTENSION: {
    schema: flag,
    default: 'false',
    about:
      'Whether certificates of Intune’s endpoints carry the Windows security identifier that the directory has for their user or device (strong mapping, KB5014754). Needs the identity check. One that a request asks for is never copied.',
  },

  SKEP_DIRECTORY: {
    schema: v.picklist(['off', 'on'], 'is neither off nor on'),
    default: 'off',
    about:
      'Whether devices and users are read from Intune and Entra, and what happens to them there happens to their certificates: see docs/directory.md. Grant the app roles first.',
  },
  SKEP_DIRECTORY_COMPLIANCE: {
    schema: v.picklist(['off', 'hold'], 'is neither off nor hold'),
    default: 'off',
    about:
      'What becomes of the certificates of a device that is not compliant: nothing, or a `hold` until it is.',
  },
  SKEP_DIRECTORY_MAX_SHARE: {
    schema: wholeNumber(1, 100),
    default: '10',
    about:
      'Percentage of all live certificates that the directory may have revoked or put on hold within an hour. Above it, and above 20 certificates, nothing happens until a person has looked.',
  },
  SKEP_OCSP_DIRECTORY: {
    schema: v.picklist(['off', 'live'], 'is neither off nor live'),
    default: 'off',
    about:
      '`live`: OCSP also looks at the directory at the moment of the question, and does not wait for the timer, which runs every ten minutes.',
  },
  SKEP_IDENTITY_CHECK: {
    schema: v.picklist(['off', 'on'], 'is neither off nor on'),
    about:
      'Whether the directory must confirm device, user and security identifier of a request before anything is issued. Default: `on` where SKEP_DIRECTORY is.',
  },

  SKEP_UNDELIVERED_MINUTES: {
    schema: wholeNumber(60, 1440),
    default: '120',
    about: 'Age at which a certificate that was issued and never delivered is revoked.',
  },
  SKEP_JOURNAL_DAYS: {
    schema: wholeNumber(1, 400),
    default: '90',
    about: 'How long the journal keeps what happened to each request.',
  },
  SKEP_JOURNAL_WAIT_MS: {
    schema: wholeNumber(50, 5000),
    default: '500',
    about: 'How long a device waits for its journal entry at most; then the entry is written behind it.',
  },

  SKEP_HTTPS_ONLY: {
    schema: flag,
    default: 'false',
    about:
      'Whether everything but OCSP, CRLs and CA certificates is refused over plain HTTP. `true` in Azure, where the templates in infra/ set it.',
  },
  SKEP_MAX_BODY_BYTES: {
    schema: wholeNumber(16_384, 1_048_576),
    default: '262144',
    about: 'Largest SCEP message.',
  },
  SKEP_MAX_CONCURRENT: {
    schema: wholeNumber(1, 10_000),
    default: '32',
    about:
      'SCEP messages at work at once in one instance; more are answered 429, each with a Retry-After of its own between 30 and 60 s. Azure starts further instances from 16 on at 2048 MB; for an instance of 512 MB set 16.',
  },
  SKEP_MAX_NESTING: {
    schema: wholeNumber(16, 32),
    default: String(MESSAGE_LIMITS.nesting),
    about: 'How deep elements may lie in each other in a SCEP message, and in the request inside it.',
  },
  SKEP_MAX_ATTRIBUTES: {
    schema: wholeNumber(16, 64),
    default: String(MESSAGE_LIMITS.attributes),
    about:
      'How many signed attributes a SCEP message may have, and how many attributes, extensions and alternative names the request inside it: of each kind.',
  },
  SKEP_MAX_NAME_BYTES: {
    schema: wholeNumber(256, 4096),
    default: String(MESSAGE_LIMITS.nameOctets),
    about: 'Longest subject, and longest alternative name, in octets of their encoding.',
  },
  SKEP_MAX_REQUESTS_PER_MINUTE: {
    schema: wholeNumber(0, 1_000_000),
    default: '1200',
    about:
      'SCEP messages from one address in one instance; so many may also come at once, and more are answered 429. A whole site may stand behind one address. 0: no limit.',
  },
  SKEP_MAX_FAILURES_PER_MINUTE: {
    schema: wholeNumber(0, 1_000_000),
    default: '30',
    about:
      'Calls of the management and validation functions from one address, in one instance, that may show no token or a wrong one; then the address is answered 429, whatever it shows. 0: no limit.',
  },
  SKEP_TRUSTED_PROXIES: {
    schema: wholeNumber(1, 8),
    default: '1',
    about:
      'How many proxies in front of the app append to `X-Forwarded-For` the address that they see. Azure’s own front end is one; a Front Door or an Application Gateway before it makes two, and then nothing else may reach the app.',
  },
  SKEP_API_ISSUER: {
    schema: list,
    about: 'Issuers of those tokens. Default: Entra, for the tenant in SKEP_TENANT_ID.',
  },
  SKEP_API_KEYS_URL: {
    schema: url,
    about: 'Where their signing keys are published. Default: Entra, for the tenant in SKEP_TENANT_ID.',
  },
  SKEP_API_AUDIENCE: {
    schema: list,
    about:
      'Audience of the Entra tokens that callers of the validation and management functions show. Unset: the validation function wants its key instead, and there is no management function.',
  },
} as const satisfies Record<string, SettingRow>;

export type SettingName = keyof typeof SETTINGS;

type Parsed<Row> = Row extends { schema: infer Schema extends v.GenericSchema }
  ? v.InferOutput<Schema>
  : never;

/** Every setting, parsed; those without a default may be undefined. */
export type Settings = {
  readonly [Name in SettingName]:
    | Parsed<(typeof SETTINGS)[Name]>
    | ((typeof SETTINGS)[Name] extends { default: string } ? never : undefined);
};

/**
 * @param environment where the texts come from; an empty text counts as unset.
 * @returns the settings, or all that is wrong with them, by name and without their values.
 */
export function parseSettings(
  environment: Readonly<Record<string, string | undefined>>,
): { readonly settings: Settings } | { readonly problems: readonly string[] } {
  const problems: string[] = [];
  const parsed = Object.entries(SETTINGS).map(([name, row]: [string, SettingRow]) => {
    const given = environment[name] || row.default;
    if (given === undefined) return [name, undefined];
    const result = v.safeParse(row.schema, given);
    if (!result.success) problems.push(`${name} ${result.issues[0].message}`);
    return [name, result.output];
  });
  return problems.length > 0 ? { problems } : { settings: Object.fromEntries(parsed) as Settings };
}
