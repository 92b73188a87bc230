/**
 * @module What can be wrong, one row a fault: the check that finds it, its cause, what to do, and what a Windows device
 * shows for it. `skep doctor` names a row, `skep explain` lists those behind an HRESULT in this order, and
 * docs/troubleshooting.md is made of all of them.
 */
import type { HresultName } from '../../lib/base/hresults.js';
import type { CheckId } from './questions.js';

interface FaultRow {
  readonly check: CheckId;
  readonly cause: string;
  readonly remedy: string;
  /** Absent where Windows shows nothing of its own: other platforms fail, or it fails later. */
  readonly hresult?: HresultName;
}

const RA_REMEDY =
  'Renew the RA certificate: with digitalSignature, keyEncipherment and the purpose Certificate Request Agent, issued by the CA itself. Skep does so by itself (timer-ra-renewal), and on files if ra.pem is removed.';

export const FAULTS = {
  'plain-http': {
    check: 'url',
    cause: 'The URL begins with http://.',
    remedy:
      'Use https:// in the SCEP profiles: Android refuses plain HTTP, and a challenge should not travel open.',
  },
  'name-unknown': {
    check: 'dns',
    cause: 'No DNS server that this machine asks knows the name: mistyped, not made yet, or private.',
    remedy:
      'Compare the URL with the app’s address; for a private endpoint, make the record public to the devices’ DNS.',
    hresult: 'WININET_E_NAME_NOT_RESOLVED',
  },
  'no-connection': {
    check: 'tcp',
    cause: 'Nothing listens there, or something on the way refuses the connection.',
    remedy:
      'Look whether the app runs (its status page), then at its networking: access restrictions, private endpoint.',
    hresult: 'WININET_E_CANNOT_CONNECT',
  },
  'no-answer': {
    check: 'tcp',
    cause: 'A firewall on the way drops the packets, or the server is too busy to answer.',
    remedy: 'Let devices reach port 443 of the server; try from another network to see which side drops.',
    hresult: 'WININET_E_TIMEOUT',
  },
  'tls-1.3-only': {
    check: 'tls',
    cause: 'The server demands TLS 1.3, and the SCEP client of Windows speaks 1.2 at most.',
    remedy:
      'Set the app’s minimum TLS version to 1.2: az functionapp config set --min-tls-version 1.2; on a front door or gateway likewise.',
    hresult: 'WININET_E_DECODING_FAILED',
  },
  'tls-failed': {
    check: 'tls',
    cause:
      'The TLS handshake fails in every version: no TLS on this port, or a device on the way breaks it open.',
    remedy:
      'Look at it with openssl s_client -tls1_2 -connect <host>:443; exempt the host from TLS inspection.',
    hresult: 'WININET_E_DECODING_FAILED',
  },
  'client-certificate-requested': {
    check: 'tls-client-certificate',
    cause: 'The server asks for a client certificate in the handshake; the device has none yet.',
    remedy:
      'Set the app’s client certificate mode to Ignore: az functionapp update --set clientCertEnabled=false; on a gateway, switch mutual TLS off for this host.',
    hresult: 'WININET_E_INVALID_SERVER_RESPONSE',
  },
  'client-certificate-late': {
    check: 'tls-client-certificate',
    cause: 'The server begins a second handshake to ask for a client certificate once the request is there.',
    remedy:
      'Switch client certificates off for the whole host, not by exclusion paths: az functionapp update --set clientCertEnabled=false.',
    hresult: 'WININET_E_INVALID_SERVER_RESPONSE',
  },
  'certificate-untrusted': {
    check: 'tls-trust',
    cause: 'The server’s certificate comes from an authority that devices do not know.',
    remedy:
      'Use a certificate of a public authority. A private one must be on every device before it enrolls; give it here with --ca FILE.',
    hresult: 'WININET_E_DECODING_FAILED',
  },
  'certificate-chain-incomplete': {
    check: 'tls-trust',
    cause:
      'The server sends its certificate without the intermediate one; browsers fetch it, devices may not.',
    remedy: 'Install the server’s certificate together with its chain (a PFX with all certificates).',
    hresult: 'WININET_E_DECODING_FAILED',
  },
  'certificate-outdated': {
    check: 'tls-trust',
    cause: 'The server’s certificate has expired, or is not valid yet.',
    remedy:
      'Renew the certificate of the custom domain and bind the new one; the app’s own name renews by itself.',
    hresult: 'WININET_E_DECODING_FAILED',
  },
  'certificate-ends-soon': {
    check: 'tls-trust',
    cause: 'The server’s certificate ends within two weeks, and its renewal should have happened.',
    remedy: 'Renew the certificate of the custom domain and bind the new one.',
    hresult: 'WININET_E_DECODING_FAILED',
  },
  'certificate-name': {
    check: 'tls-name',
    cause: 'The server’s certificate is made out to other names.',
    remedy: 'Use a name of the certificate in the profile’s URL, or bind a certificate for this name.',
    hresult: 'WININET_E_DECODING_FAILED',
  },
  redirected: {
    check: 'redirect',
    cause:
      'The server sends clients to another address: sign-in (Easy Auth), a custom domain, a gateway’s rule.',
    remedy:
      'Put the final address into the profiles; switch off app authentication (Easy Auth) and redirect rules for the SCEP path.',
  },
  'suffix-missing': {
    check: 'path',
    cause:
      'The server answers at the URL itself, but not at /pkiclient.exe below it, which Windows always appends.',
    remedy:
      'Let the gateway or proxy pass on everything below the path, not the path alone. Skep answers at both.',
  },
  'path-missing': {
    check: 'path',
    cause: 'There is no SCEP endpoint at this path, or it is switched off.',
    remedy:
      'Compare the URL with the one on the app’s status page; /certsrv/mscep/mscep.dll is the endpoint for Intune.',
  },
  'path-refused': {
    check: 'path',
    cause: 'The server answers with an HTTP error.',
    remedy: 'See `skep explain` with the HRESULT, and the app’s log.',
  },
  'answer-lost': {
    check: 'path',
    cause: 'The connection ends without an answer.',
    remedy: 'Look at what stands between (gateway, firewall, proxy), then at the app’s log.',
    hresult: 'WININET_E_CONNECTION_ABORTED',
  },
  'html-answer': {
    check: 'web-page',
    cause: 'A web page answers in place of SCEP: a sign-in page, a gateway’s error page, a parked site.',
    remedy:
      'Switch off authentication and rewriting rules for the SCEP path; look at the page in a browser to see whose it is.',
    hresult: 'ERROR_FILENAME_EXCED_RANGE',
  },
  'path-variant': {
    check: 'path-variants',
    cause: 'A rule on the way passes only one spelling of the path; clients use several.',
    remedy: 'Let the gateway or proxy match the path in any letter case, and pass on whatever follows it.',
  },
  'capability-missing': {
    check: 'capabilities',
    cause: 'GetCACaps lacks a word without which a client does not go on, or goes on in a way that fails.',
    remedy: 'Let the server advertise it; behind a proxy, see that GetCACaps arrives unchanged.',
  },
  'capability-wished': {
    check: 'capabilities',
    cause: 'GetCACaps lacks a word that some clients look for.',
    remedy: 'Nothing needs to be done unless such clients are used.',
  },
  'ra-key-usage': {
    check: 'ra-key-usage',
    cause:
      'No RSA certificate of GetCACert has both digitalSignature and keyEncipherment, so Windows stops before it sends the request.',
    remedy: RA_REMEDY,
    hresult: 'SCARD_E_NO_SUCH_CERTIFICATE',
  },
  'ra-extended-key-usage': {
    check: 'ra-extended-key-usage',
    cause: 'The RA certificate has neither the purpose Certificate Request Agent nor server authentication.',
    remedy: RA_REMEDY,
    hresult: 'SCARD_E_NO_SUCH_CERTIFICATE',
  },
  'ra-stranger': {
    check: 'ra-issuer',
    cause:
      'The RA certificate was not issued by the CA beside it: left over from a former CA, or from another one.',
    remedy: RA_REMEDY,
    hresult: 'SCARD_E_NO_SUCH_CERTIFICATE',
  },
  'ca-not-signing': {
    check: 'ca-certificates',
    cause: 'GetCACert holds nothing but the CA, and its key usage lacks keyEncipherment or digitalSignature.',
    remedy:
      'Let GetCACert answer with an RA certificate beside the CA (SKEP_SCEP_MODE=ra), or issue the CA certificate with both usages.',
    hresult: 'SCARD_E_NO_SUCH_CERTIFICATE',
  },
  'no-ca-certificate': {
    check: 'ca-certificates',
    cause: 'GetCACert holds no certificate of a certification authority, or cannot be read.',
    remedy: 'Look at it with `skep inspect`; run `skep ca show` to see which CA is installed.',
    hresult: 'SCARD_E_NO_SUCH_CERTIFICATE',
  },
  'ca-order': {
    check: 'ca-certificates',
    cause: 'The CA stands before the RA; clients that take the first certificate encrypt to the wrong one.',
    remedy: 'Let GetCACert answer with the RA certificate first, as NDES does.',
  },
  'ca-identifier-matters': {
    check: 'ca-identifier',
    cause:
      'GetCACert depends on the identifier (Windows sends default, Android ca, Apple an empty one or a name), or several servers with different certificates stand behind one address.',
    remedy: 'Let the server, or the cache in front of it, ignore the message parameter of GetCACert.',
  },
  'ca-thumbprint-other': {
    check: 'ca-thumbprint',
    cause: 'No certificate of GetCACert has the thumbprint that the profile pins.',
    remedy:
      'Let the SCEP profile point to a trusted-certificate profile with the issuing CA of this server, not with the root above it. After a rollover, or with a renewed CA certificate: `skep profiles apply https://<app> --update`.',
    hresult: 'CRYPT_E_HASH_VALUE',
  },
  'ca-expired': {
    check: 'ca-certificate',
    cause: 'The CA certificate is outside its validity period.',
    remedy: 'Renew or roll over the CA: docs/ca.md.',
    hresult: 'CERT_E_EXPIRED',
  },
  'ca-ends-soon': {
    check: 'ca-certificate',
    cause:
      'The CA certificate ends within half a year: certificates are cut short, and devices need the next one early.',
    remedy: 'Prepare its successor: `skep ca rollover`.',
    hresult: 'CERT_E_EXPIRED',
  },
  'ra-expired': {
    check: 'ra-validity',
    cause: 'The RA certificate is outside its validity period: its renewal has failed for weeks.',
    remedy: `Look at the log of the function timer-ra-renewal. ${RA_REMEDY}`,
    hresult: 'CERT_E_EXPIRED',
  },
  'ra-ends-soon': {
    check: 'ra-validity',
    cause: 'The RA certificate ends within two weeks; its renewal is overdue.',
    remedy:
      'Look at the log of the function timer-ra-renewal, and at the app’s rights on the RA certificate.',
    hresult: 'CERT_E_EXPIRED',
  },
  'content-type': {
    check: 'answer-headers',
    cause:
      'A content type is not the one of RFC 8894, or has parameters (charset); strict clients compare the whole text.',
    remedy: 'Stop the proxy or gateway from rewriting Content-Type; Skep sends the plain type.',
  },
  'content-length': {
    check: 'answer-headers',
    cause: 'An answer comes in chunks, without Content-Length; old clients read nothing of it.',
    remedy: 'Switch off compression and streaming for these paths on the proxy; Skep announces every length.',
  },
  'request-http': {
    check: 'request-windows',
    cause: 'The request is answered with an HTTP error in place of a SCEP answer.',
    remedy: 'See `skep explain` with the HRESULT; the app’s log has the code.',
  },
  'request-no-scep': {
    check: 'request-windows',
    cause: 'What comes back is no SCEP answer, or one that was altered on its way.',
    remedy: 'Look for a proxy that filters or rewrites POST bodies; `skep inspect` decodes what came.',
    hresult: 'CRYPT_E_ASN1_BADTAG',
  },
  'answer-signature': {
    check: 'request-windows',
    cause: 'The answer is not signed by a certificate of GetCACert.',
    remedy:
      'Several servers with different RA certificates stand behind one address, or a cache serves an old GetCACert.',
    hresult: 'NTE_BAD_SIGNATURE',
  },
  'answer-mismatch': {
    check: 'request-windows',
    cause: 'The answer belongs to another request: transaction, nonce or type differ.',
    remedy: 'Look for a cache that repeats answers to PKIOperation.',
    hresult: 'ERROR_INVALID_DATA',
  },
  'get-refused': {
    check: 'request-apple',
    cause:
      'A request in the query is refused, most often for its length; clients use GET where POST is not offered.',
    remedy: 'Raise the limit of URL and query length on the gateway to 16 kB.',
  },
  'issued-without-challenge': {
    check: 'request-windows',
    cause: 'The server issued a certificate to a request that carries no challenge: anybody can have one.',
    remedy: 'Take the endpoint off the network now, and look at its validator and at what it has issued.',
  },
  'clock-off': {
    check: 'clock',
    cause:
      'The server’s clock and this machine’s differ; certificates can be expired or not valid yet for devices.',
    remedy: 'Compare both with time.windows.com. In Azure the server’s is right, so set this machine’s.',
    hresult: 'CERT_E_EXPIRED',
  },
  'ocsp-unreachable': {
    check: 'ocsp',
    cause: 'OCSP cannot be reached over plain HTTP, or answers with an HTTP error.',
    remedy:
      'Let plain HTTP reach /ocsp: “HTTPS only” must be off on the app and its gateway (SCEP stays HTTPS only by SKEP_HTTPS_ONLY).',
    hresult: 'CRYPT_E_REVOCATION_OFFLINE',
  },
  'ocsp-wrong': {
    check: 'ocsp',
    cause: 'The OCSP answer does not verify, is out of date, or does not call the certificate good.',
    remedy: 'Look at it with `skep inspect`; then at the app’s clock, store and health.',
    hresult: 'CRYPT_E_NO_REVOCATION_CHECK',
  },
  'crl-unreachable': {
    check: 'crl',
    cause: 'The CRL cannot be downloaded over plain HTTP.',
    remedy: 'Let plain HTTP reach /crl: “HTTPS only” must be off on the app and its gateway.',
    hresult: 'CRYPT_E_REVOCATION_OFFLINE',
  },
  'crl-stale': {
    check: 'crl',
    cause: 'The CRL is past its next update: no new one is published.',
    remedy: 'Look at the log of the function timer-crl, and at the app’s rights on the blob storage.',
    hresult: 'CRYPT_E_REVOCATION_OFFLINE',
  },
  'crl-wrong': {
    check: 'crl',
    cause: 'The CRL is not signed by this CA, has no number, or cannot be read.',
    remedy: 'Look at it with openssl crl -inform DER -text; a proxy may serve another file.',
    hresult: 'CRYPT_E_NO_REVOCATION_CHECK',
  },
  'ca-download': {
    check: 'ca-download',
    cause: 'The CA certificate cannot be downloaded over plain HTTP, or is another one than in GetCACert.',
    remedy: 'Let plain HTTP reach /ca; clear the cache in front of it.',
    hresult: 'CERT_E_CHAINING',
  },
  unhealthy: {
    check: 'health',
    cause: 'A part that issuing depends on is out of order.',
    remedy: 'Follow what the app says about it.',
    hresult: 'RPC_S_SERVER_UNAVAILABLE',
  },
  'health-warning': {
    check: 'health',
    cause: 'A part that issuing depends on needs attention soon.',
    remedy: 'Follow what the app says about it.',
  },
  'rights-missing': {
    check: 'rights',
    cause: 'The app’s identity lacks a role or a right.',
    remedy: 'Run `skep setup`, then wait: a managed identity’s token can lack a new role for up to 24 hours.',
  },
  'rights-unseen': {
    check: 'rights',
    cause: 'Nobody could be signed in, or who is signed in may not see it.',
    remedy: 'Get the app role Certificates.Read, and sign in with `az login`.',
  },
  'enroll-refused': {
    check: 'enroll-windows',
    cause: 'The server refuses the challenge, the subject or the key.',
    remedy:
      'Compare --static-challenge with the app’s setting; the journal (`skep journal`) says what was wrong.',
    hresult: 'E_FAIL',
  },
  'not-one-certificate': {
    check: 'enroll-windows',
    cause: 'The answer holds more, or something else, than the one certificate that was asked for.',
    remedy:
      'Let the server put the issued certificate alone into its answer: Apple pairs the first one with its key and fails with 22008.',
    hresult: 'CRYPT_E_NO_MATCH',
  },
  'issued-by-stranger': {
    check: 'enroll-windows',
    cause: 'The issued certificate is not signed by the CA of GetCACert.',
    remedy:
      'Several servers with different CAs stand behind one address, or a cache serves an old GetCACert.',
    hresult: 'CERT_E_UNTRUSTEDROOT',
  },
  'validity-ignored': {
    check: 'enroll-windows',
    cause: 'The certificate lasts longer than the profile asks for: the server ignores ValidityPeriod.',
    remedy:
      'Let the server honour the attribute 1.3.6.1.4.1.311.13.2.1, and Android’s, whose two values are swapped.',
  },
  'not-yet-valid': {
    check: 'enroll-windows',
    cause: 'The certificate begins later than now; a device whose clock is behind drops it.',
    remedy: 'Let the server backdate certificates (SKEP_BACKDATE_MINUTES), and set its clock.',
    hresult: 'CERT_E_EXPIRED',
  },
  'no-revocation-address': {
    check: 'issued-ocsp',
    cause: 'The issued certificate names no address for OCSP or CRL.',
    remedy: 'Set SKEP_PUBLIC_URL.',
    hresult: 'CRYPT_E_NO_REVOCATION_CHECK',
  },
  'left-behind': {
    check: 'left-behind',
    cause: 'Certificates of this examination are still valid, for two days at most.',
    remedy: 'Revoke them.',
  },
} as const satisfies Record<string, FaultRow>;

export type FaultId = keyof typeof FAULTS;

export const faultRow = (id: FaultId): FaultRow => FAULTS[id];
