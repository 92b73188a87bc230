/** @module What lies behind an HRESULT beside the faults that `skep doctor` finds: mostly on the device. */
import type { HresultName } from '../../lib/base/hresults.js';

export interface Cause {
  readonly cause: string;
  readonly remedy: string;
}

const DEVICE_CLOCK: Cause = {
  cause: 'The device’s own clock is wrong, as it often is before the first network connection.',
  remedy: 'Let the device set its time (w32tm /resync), then sync.',
};

const TPM: Cause = {
  cause: 'The profile demands the TPM, and the device has none, has it switched off, or not ready.',
  remedy:
    'Look at Get-Tpm on the device; or let the profile enroll to the TPM if present, otherwise software.',
};

/** Likeliest first; they come after the faults of the server. */
export const WINDOWS_CAUSES: Readonly<Partial<Record<HresultName, readonly Cause[]>>> = {
  E_FAIL: [
    {
      cause: 'The server refused the request with a signed FAILURE, which says no more than that.',
      remedy: 'Look for the device in the journal (`skep journal --device ID`): it names the code.',
    },
  ],
  E_ACCESSDENIED: [
    {
      cause: 'Skep’s identity lacks a role, and told Intune so.',
      remedy: 'Run `skep doctor --audience …`, then `skep setup`.',
    },
  ],
  ERROR_INVALID_PARAMETER: [
    {
      cause:
        'A setting of the SCEP profile is not usable on this device: key usage, key size, subject or hash.',
      remedy: 'Compare the profile with the ones that `skep profiles` makes.',
    },
  ],
  ERROR_TIMEOUT: [
    {
      cause: 'The challenge was older than an hour when the request came.',
      remedy: 'The device’s next sync brings a new one. If many fail, look for what delays them.',
    },
  ],
  RPC_S_SERVER_UNAVAILABLE: [
    {
      cause: 'Skep could not reach Intune, the key vault or its storage, and told Intune so.',
      remedy: 'Devices come back by themselves. If it lasts, look at the status page.',
    },
  ],
  WININET_E_TIMEOUT: [
    {
      cause:
        'The device’s proxy or firewall does not let it out; dmcertinst runs as SYSTEM and uses the machine’s proxy.',
      remedy: 'Look at netsh winhttp show proxy on the device.',
    },
  ],
  WININET_E_NAME_NOT_RESOLVED: [
    {
      cause: 'The device’s network resolves other names than this machine’s.',
      remedy: 'Run Resolve-DnsName with the server’s name on the device.',
    },
  ],
  WININET_E_CANNOT_CONNECT: [
    {
      cause:
        'The device’s proxy or firewall does not let it out; dmcertinst runs as SYSTEM and uses the machine’s proxy.',
      remedy: 'Look at netsh winhttp show proxy on the device.',
    },
  ],
  WININET_E_CLIENT_AUTH_CERT_NEEDED: [
    {
      cause: 'The server asks for a client certificate; the device has none yet.',
      remedy:
        'Set the app’s client certificate mode to Ignore: az functionapp update --set clientCertEnabled=false.',
    },
  ],
  WININET_E_DECODING_FAILED: [
    DEVICE_CLOCK,
    {
      cause: 'A proxy breaks TLS open with a certificate that SYSTEM on the device does not trust.',
      remedy: 'Exempt the SCEP host from TLS inspection.',
    },
  ],
  NTE_BAD_DATA: [
    {
      cause: 'The answer is encrypted to another key than the request’s.',
      remedy: 'Look for a cache that repeats answers to PKIOperation.',
    },
  ],
  NTE_BAD_ALGID: [
    {
      cause:
        'The request uses an algorithm that the endpoint does not accept, or asks for a key that is not RSA.',
      remedy: 'Set the profile to RSA and SHA-2.',
    },
  ],
  NTE_NO_KEY: [
    {
      cause: 'The profile enrolls to Windows Hello for Business, and the user has not set it up.',
      remedy: 'Let the user set up Windows Hello, then sync.',
    },
  ],
  NTE_BAD_KEYSET: [
    {
      cause: 'The key container is gone, or the account may not open it.',
      remedy: 'Sync again; if it stays, clear the TPM or choose the software provider in the profile.',
    },
  ],
  NTE_NOT_SUPPORTED: [
    {
      cause: 'The TPM or Windows Hello cannot make such a key; they stop at RSA 2048.',
      remedy: 'Set the profile’s key size to 2048, or its key storage to software.',
    },
  ],
  NTE_DEVICE_NOT_READY: [TPM],
  TBS_E_TPM_NOT_FOUND: [TPM],
  CRYPT_E_NOT_FOUND: [
    {
      cause: 'The trusted-certificate profile that the SCEP profile refers to has not reached the device.',
      remedy: 'Assign both profiles to the same groups.',
    },
  ],
  CERTSRV_E_BAD_REQUESTSUBJECT: [
    {
      cause: 'Skep’s policy does not take the subject or an alternative name.',
      remedy:
        'Look for the request in the journal (`skep journal`), and compare the profile with the endpoint’s policy.',
    },
  ],
  CERTSRV_E_TEMPLATE_DENIED: [
    {
      cause: 'Intune or Skep’s policy refused the request: challenge, key usage, purpose or validity.',
      remedy: 'Look for the request in the journal (`skep journal`): it names the code and Intune’s result.',
    },
  ],
  CERTSRV_E_KEY_LENGTH: [
    {
      cause: 'The key is smaller or larger than the endpoint allows.',
      remedy: 'Set the profile’s key size to 2048 or more.',
    },
  ],
  CRYPT_E_REVOKED: [
    {
      cause:
        'The certificate was revoked: by a person, by Intune, or because the device or user is gone or disabled.',
      remedy: '`skep show SERIAL` says by whom and why.',
    },
  ],
  CERT_E_EXPIRED: [DEVICE_CLOCK],
  CERT_E_UNTRUSTEDROOT: [
    {
      cause: 'The device does not have the root certificate, or has the one before a rollover.',
      remedy: 'Deploy the root by a trusted-certificate profile to the same groups: `skep profiles`.',
    },
  ],
};
