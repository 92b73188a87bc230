metadata description = 'App settings that a deployment may choose. What they do: docs/settings.md.'

@export()
@sealed()
@description('Settings beside those that the templates set by themselves. An unknown name is refused before anything is deployed.')
type ownSettings = {
  SKEP_LOG_LEVEL: ('debug' | 'info' | 'warn' | 'error')?
  SKEP_VAULT_SHARE_PERCENT: string?
  SKEP_SCEP_CHAIN: ('issuer' | 'full')?

  SKEP_INTUNE: ('true' | 'false')?
  SKEP_INTUNE_CLIENT_ID: string?
  @description('A Key Vault reference, as every secret here: @Microsoft.KeyVault(SecretUri=…). Never plain text.')
  SKEP_INTUNE_CLIENT_SECRET: string?
  SKEP_INTUNE_SCOPE: string?
  SKEP_INTUNE_APP_ID: string?
  SKEP_INTUNE_NOTIFY: ('before' | 'deferred')?
  SKEP_GRAPH_URL: string?
  SKEP_GRAPH_SCOPE: string?

  @description('A Key Vault reference.')
  SKEP_STATIC_CHALLENGE: string?
  SKEP_STATIC_LEGACY: ('true' | 'false')?
  SKEP_STATIC_RENEWAL: ('true' | 'false')?
  SKEP_RENEWAL_UNKNOWN: ('refuse' | 'accept')?
  @description('A Key Vault reference.')
  SKEP_ENDPOINTS: string?
  SKEP_REPLAY_WINDOW_MINUTES: string?
  SKEP_CHALLENGE_OTHER_KEY: ('refuse' | 'supersede')?

  SKEP_VALIDITY_DAYS: string?
  SKEP_BACKDATE_MINUTES: string?
  SKEP_EXPIRY_JITTER_PERCENT: string?
  SKEP_EXTENDED_KEY_USAGES: string?
  SKEP_PROTECTED_DOMAINS: string?
  SKEP_ALLOW_SID_URI: ('true' | 'false')?
  SKEP_REQUIRE_IDENTITY: ('true' | 'false')?
  SKEP_ADD_SID_EXTENSION: ('true' | 'false')?

  @description('The managed identity needs further app roles for these: docs/directory.md.')
  SKEP_DIRECTORY: ('off' | 'on')?
  SKEP_DIRECTORY_COMPLIANCE: ('off' | 'hold')?
  SKEP_DIRECTORY_MAX_SHARE: string?
  SKEP_OCSP_DIRECTORY: ('off' | 'live')?
  SKEP_IDENTITY_CHECK: ('off' | 'on')?

  SKEP_UNDELIVERED_MINUTES: string?
  SKEP_JOURNAL_DAYS: string?
  SKEP_JOURNAL_WAIT_MS: string?

  SKEP_MAX_BODY_BYTES: string?
  SKEP_MAX_CONCURRENT: string?
  SKEP_MAX_NESTING: string?
  SKEP_MAX_ATTRIBUTES: string?
  SKEP_MAX_NAME_BYTES: string?
  SKEP_MAX_REQUESTS_PER_MINUTE: string?
  SKEP_MAX_FAILURES_PER_MINUTE: string?
  SKEP_TRUSTED_PROXIES: string?

  SKEP_API_ISSUER: string?
  SKEP_API_KEYS_URL: string?
  SKEP_API_AUDIENCE: string?

  @description('Not the code, OpenSSL reads it. :~0x80000 makes RSA-2048 faster on some processors: docs/performance.md.')
  OPENSSL_ia32cap: string?
}
