/** @module The one vocabulary of failures. Codes are stable: logs, tests, docs/errors.md and alerts name them. */

/** What sort of failure it is: who can mend it, and how loud it is logged. */
export type ErrorKind = 'client' | 'policy' | 'security' | 'outage' | 'setup' | 'fault';

interface ErrorEntry {
  /** One plain sentence for the person who reads the log. */
  readonly means: string;
  /** What to do about it. */
  readonly remedy: string;
  /** `security` failures are what an attack looks like; they are logged as warnings and worth an alert. */
  readonly kind: ErrorKind;
}

export const ERRORS = {
  // The transport (lib/http)
  ERR_BODY_TOO_LARGE: {
    kind: 'client',
    means: 'The message is larger than this service accepts.',
    remedy: 'A SCEP message has some kilobytes. Look at what sends this one.',
  },
  ERR_BODY_MISSING: {
    kind: 'client',
    means: 'The request has no body.',
    remedy: 'Send the message as the body of a POST.',
  },
  ERR_BODY_UNANNOUNCED: {
    kind: 'client',
    means: 'The request did not announce the length of its body.',
    remedy: 'Send Content-Length: the Functions host drops chunked bodies.',
  },
  ERR_PLAIN_HTTP: {
    kind: 'client',
    means: 'This address is served over HTTPS only.',
    remedy:
      'Use https:// in the URL of the SCEP profile; only OCSP, CRL and CA certificates are open to plain HTTP.',
  },

  ERR_RATE_LIMITED: {
    kind: 'outage',
    means: 'This address asks too often.',
    remedy:
      'Devices come back by themselves. If a whole site stands behind the address in the log, raise the limit (docs/settings.md).',
  },

  // The message itself (lib/scep)
  ERR_SCEP_MALFORMED: {
    kind: 'client',
    means: 'The message is not a SCEP pkiMessage, or carries no transaction id to answer to.',
    remedy: 'Check that the client posts a CMS SignedData, whole, and that no proxy changes the body.',
  },
  ERR_SCEP_BAD_MESSAGE: {
    kind: 'client',
    means: 'The pkiMessage lacks something that RFC 8894 requires, or has it twice.',
    remedy: 'Decode the message with `skep inspect` and compare it with RFC 8894 section 3.',
  },
  ERR_SCEP_MESSAGE_TYPE: {
    kind: 'client',
    means: 'The messageType is unknown or cannot be a request.',
    remedy: 'The client must send PKCSReq, RenewalReq, CertPoll, GetCert or GetCRL.',
  },
  ERR_SCEP_ALGORITHM: {
    kind: 'client',
    means: 'The message uses an algorithm that this endpoint does not accept.',
    remedy: 'Let the client use AES and SHA-256; single DES and MD5 need the endpoint’s legacy switch.',
  },
  ERR_LIMIT: {
    kind: 'policy',
    means: 'A part of the message is larger, or there are more of it, than this service allows.',
    remedy: 'The log says which part. If genuine devices send it, raise the limit (docs/settings.md).',
  },
  ERR_SCEP_SIGNATURE: {
    kind: 'security',
    means: 'The signature or the digest of the pkiMessage does not verify.',
    remedy: 'The message was damaged or altered on its way; look for a proxy that rewrites bodies.',
  },
  ERR_SCEP_RECIPIENT: {
    kind: 'client',
    means: 'The message is encrypted to a certificate that is not ours.',
    remedy: 'The device still has an old RA or CA certificate; it fetches the new one at its next attempt.',
  },
  ERR_SCEP_UNDECRYPTABLE: {
    kind: 'security',
    means:
      'The envelope does not open to a certification request. Which step failed is deliberately not told.',
    remedy: 'If a genuine device shows it, compare its RA certificate with the one that GetCACert hands out.',
  },
  ERR_CERT_UNKNOWN: {
    kind: 'client',
    means: 'No certificate, or no request, matches what the client asked for.',
    remedy: 'Search for the certificate by serial number or transaction id.',
  },

  // The certification request (lib/pki, lib/issuance)
  ERR_CSR_MALFORMED: {
    kind: 'client',
    means: 'The PKCS#10 request is not well-formed DER.',
    remedy: 'Decode it with `openssl req -inform DER -text`.',
  },
  ERR_CSR_AMBIGUOUS: {
    kind: 'security',
    means:
      'The request says something twice (attribute, extension or challenge), so two readers could differ.',
    remedy: 'A genuine device does not do this. Look at the device.',
  },
  ERR_CSR_SIGNATURE: {
    kind: 'security',
    means: 'The request is not signed by the key that it asks a certificate for.',
    remedy: 'The client must prove possession of the key (RFC 2986 section 4.2).',
  },
  ERR_KEY_ALGORITHM: {
    kind: 'policy',
    means: 'The kind of key is not accepted; SCEP needs RSA.',
    remedy: 'Set the profile to an RSA key.',
  },
  ERR_KEY_SIZE: {
    kind: 'policy',
    means: 'The RSA key is smaller or larger than the endpoint allows.',
    remedy: 'Set the profile’s key size to 2048 or more, or change the endpoint’s limits.',
  },
  ERR_KEY_WEAK: {
    kind: 'security',
    means: 'The public key is known to be weak.',
    remedy: 'Update the firmware or library that makes keys on this device; then let it enroll again.',
  },
  ERR_SUBJECT: {
    kind: 'policy',
    means:
      'The subject is empty without a subject alternative name, too long, or holds what the endpoint does not allow.',
    remedy: 'Compare the profile’s subject format with the endpoint’s policy.',
  },
  ERR_SAN: {
    kind: 'policy',
    means: 'A subject alternative name is of a kind or a value that the endpoint does not allow.',
    remedy: 'Compare the profile’s subject alternative names with the endpoint’s policy.',
  },
  ERR_KEY_USAGE: {
    kind: 'policy',
    means: 'The requested key usage goes beyond digitalSignature and keyEncipherment.',
    remedy: 'Set the profile’s key usage to what the endpoint allows.',
  },
  ERR_EXTENDED_KEY_USAGE: {
    kind: 'policy',
    means: 'The requested extended key usage is not on the endpoint’s list.',
    remedy: 'Add the purpose to the endpoint’s list if it is meant; never anyExtendedKeyUsage.',
  },
  ERR_EXTENSION: {
    kind: 'security',
    means: 'The request asks to become a certification authority.',
    remedy: 'A genuine device does not do this. Look at the device.',
  },
  ERR_VALIDITY: {
    kind: 'policy',
    means: 'No validity period is left between now and the end of the CA certificate.',
    remedy: 'Roll the CA over (`skep ca rollover`).',
  },
  ERR_LINT: {
    kind: 'fault',
    means: 'The certificate that was about to be signed breaks a rule of RFC 5280. Nothing was signed.',
    remedy: 'Report it with the journal entry; it names the rule.',
  },

  // Whether it is genuine (lib/validators, lib/intune)
  ERR_CHALLENGE_MISSING: {
    kind: 'security',
    means: 'The request carries no challenge.',
    remedy: 'Enroll through the MDM profile; the Intune endpoint accepts nothing else.',
  },
  ERR_CHALLENGE_WRONG: {
    kind: 'security',
    means: 'The challenge is not the one that this endpoint expects.',
    remedy: 'Compare the client’s challenge with the endpoint’s setting.',
  },
  ERR_CHALLENGE_ALTERED: {
    kind: 'security',
    means: 'The challenge is Intune’s, but written so that it could pass for another one.',
    remedy: 'Look at the device: somebody may want two certificates for one challenge.',
  },
  ERR_CHALLENGE_REUSED: {
    kind: 'security',
    means: 'The challenge has already been used for a request with another key or other contents.',
    remedy:
      'If the device lost its first certificate, its next sync brings a new challenge. Otherwise look at the device.',
  },
  ERR_INTUNE_REFUSED: {
    kind: 'security',
    means: 'Intune did not confirm the request.',
    remedy: 'The result code in the log says why; docs/errors.md lists all of them.',
  },
  ERR_INTUNE_EXPIRED: {
    kind: 'client',
    means: 'The challenge is older than its hour.',
    remedy: 'The device’s next sync brings a new one. If many fail, look for what delayed them.',
  },
  ERR_NOTIFICATION_REFUSED: {
    kind: 'security',
    means: 'Intune did not accept the success notification; the certificate was revoked and not delivered.',
    remedy: 'The result code in the log says why.',
  },
  ERR_RENEWAL_REFUSED: {
    kind: 'security',
    means: 'The certificate that signed the renewal does not authenticate it.',
    remedy: 'It must be ours, valid, not revoked, with the same subject; otherwise enroll with a challenge.',
  },
  ERR_RENEWAL_OFF: {
    kind: 'policy',
    means: 'This endpoint does not renew by an existing certificate.',
    remedy: 'Intune renews with a new challenge. Elsewhere, switch renewal on for the endpoint.',
  },

  ERR_IDENTITY_MISMATCH: {
    kind: 'security',
    means: 'The request names a device, a user or a security identifier that the directory does not confirm.',
    remedy:
      'The log says which. A device that was enrolled a moment ago may not be in the directory yet; otherwise look at the device.',
  },

  // What we depend on (lib/intune, lib/directory, lib/keys, lib/store)
  ERR_VALIDATOR_UNAVAILABLE: {
    kind: 'outage',
    means: 'Intune could not be reached, or did not answer in time. Nothing was issued.',
    remedy: 'Devices come back by themselves. `skep doctor` shows which call fails.',
  },
  ERR_INTUNE_FORBIDDEN: {
    kind: 'setup',
    means: 'Intune or Microsoft Graph refuses our identity.',
    remedy:
      'Grant the app roles (`skep setup`); a managed identity’s token can lack a new role for up to 24 hours.',
  },
  ERR_INTUNE_UNDISCOVERED: {
    kind: 'setup',
    means:
      'The tenant’s endpoint list does not name Intune’s SCEP validation service, or names an unlisted host.',
    remedy: 'Check the tenant’s Intune licence and the app role Application.Read.All.',
  },
  ERR_DIRECTORY_UNAVAILABLE: {
    kind: 'outage',
    means:
      'Microsoft Graph could not be reached, or did not answer in time, so devices and users cannot be looked up.',
    remedy:
      'Devices come back by themselves, and the next run of the timer catches up. `skep doctor` shows which call fails.',
  },
  ERR_DIRECTORY_FORBIDDEN: {
    kind: 'setup',
    means: 'Microsoft Graph does not let our identity read devices and users.',
    remedy:
      'Grant Device.Read.All, User.Read.All and DeviceManagementManagedDevices.Read.All; a managed identity’s token can lack a new role for up to 24 hours.',
  },
  ERR_DIRECTORY_BRAKE: {
    kind: 'security',
    means:
      'The directory would have more certificates revoked at once than is plausible. None of them was revoked; somebody must look.',
    remedy:
      'Compare the log with Entra and Intune. If so many devices or users really left, raise SKEP_DIRECTORY_MAX_SHARE until the next run is through.',
  },
  ERR_SIGNER_UNAVAILABLE: {
    kind: 'outage',
    means: 'The key vault could not be reached.',
    remedy: 'Devices come back by themselves. Look at the vault’s health, firewall and DNS.',
  },
  ERR_SIGNER_THROTTLED: {
    kind: 'outage',
    means: 'The key’s limit of operations is used up for the moment.',
    remedy: 'Devices come back by themselves. docs/capacity.md says which key carries how much.',
  },
  ERR_SIGNER_REFUSED: {
    kind: 'setup',
    means: 'The key vault refuses our identity, or the key is missing or disabled.',
    remedy:
      'Grant the app’s identity its roles on the CA key and the RA certificate (docs/ca.md); the log names the call that was refused.',
  },
  ERR_SIGNER_FAULT: {
    kind: 'fault',
    means: 'The key gave a signature that does not verify with the CA certificate. Nothing was delivered.',
    remedy:
      'Compare the key’s version with the CA certificate (`skep ca show`); then look at the vault’s health.',
  },
  ERR_AUTHORITY_MISSING: {
    kind: 'setup',
    means: 'There is no CA certificate yet, or it does not belong to the key.',
    remedy: 'Run `skep ca show`; then `skep ca init`, or `skep ca csr` and `skep ca install`.',
  },
  ERR_STORE_UNAVAILABLE: {
    kind: 'outage',
    means: 'The certificate store could not be reached, or did not answer in time.',
    remedy:
      'Devices come back by themselves. Look at the storage account’s health, firewall and role assignments.',
  },
  ERR_LEDGER_BROKEN: {
    kind: 'security',
    means: 'The issuance log is not the chain that its published head names.',
    remedy:
      'Somebody changed the log, or the copy that was checked. Keep both, and find out who can write to the storage account.',
  },
  ERR_STORE_CONFLICT: {
    kind: 'outage',
    means: 'Another request changed the same record first.',
    remedy: 'The device comes back by itself.',
  },
  ERR_NOT_ON_HOLD: {
    kind: 'client',
    means: 'The certificate is revoked for good, or over; only a hold can be released.',
    remedy: 'Let the device enroll again.',
  },
  ERR_SEARCH: {
    kind: 'client',
    means: 'A search goes on from a place that does not belong to it.',
    remedy: 'Repeat the search from its beginning.',
  },
  ERR_BUSY: {
    kind: 'outage',
    means: 'The same request is being worked on already, or too many are.',
    remedy: 'Devices come back by themselves.',
  },

  // People and systems that call our management functions (lib/http)
  ERR_CALLER_UNAUTHENTICATED: {
    kind: 'security',
    means: 'The caller shows no token, or one that is not valid here.',
    remedy: 'Ask Entra for a token of this app’s audience, and send it as Authorization: Bearer.',
  },
  ERR_CALLER_FORBIDDEN: {
    kind: 'security',
    means: 'The caller’s token lacks the app role that this call needs.',
    remedy: 'Assign the role to the caller in the enterprise application; then let it get a new token.',
  },
  ERR_CALLER_KEYS_UNAVAILABLE: {
    kind: 'outage',
    means: 'The keys that verify callers’ tokens could not be fetched from Entra.',
    remedy: 'Callers may come back. Look at the app’s way out to login.microsoftonline.com.',
  },
  ERR_HTTP_PATH: {
    kind: 'client',
    means: 'There is nothing at this address.',
    remedy: 'Compare the path with docs/management-api.md.',
  },
  ERR_HTTP_METHOD: {
    kind: 'client',
    means: 'This address does not know this HTTP method.',
    remedy: 'The Allow header of the answer names the methods.',
  },
  ERR_HTTP_BODY: {
    kind: 'client',
    means: 'The body is not the JSON that this address expects.',
    remedy:
      'The answer’s detail names the member; docs/validation-api.md and docs/management-api.md show the form.',
  },

  // Ourselves
  ERR_CONFIG: {
    kind: 'setup',
    means: 'A setting is missing or wrong.',
    remedy: 'The message names it; docs/settings.md explains it.',
  },
  ERR_STATE: {
    kind: 'fault',
    means: 'A certificate was about to make a move that its state does not allow.',
    remedy: 'Report it with the journal entry.',
  },
  ERR_DER: {
    kind: 'client',
    means: 'Bytes are not the DER or BER that was expected.',
    remedy: 'Decode them with `skep inspect` or `openssl asn1parse`.',
  },
  ERR_INTERNAL: {
    kind: 'fault',
    means: 'Something failed that has no code of its own.',
    remedy: 'Report it with the log line; the device may come back.',
  },
} as const satisfies Record<`ERR_${string}`, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;
