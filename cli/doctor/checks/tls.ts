/** @module TLS as the SCEP client of Windows meets it: version 1.2, no client certificate, a certificate to be trusted. */
import { DAY_MS } from '../../../lib/base/clock.js';
import type { Check } from '../check.js';
import type { FaultId } from '../faults.js';
import { attention, bad, good, skipped, type Outcome } from '../outcome.js';
import { windowsUrl, type Patient } from '../patient.js';
import { placeOf } from '../system-wire.js';
import { WireError, type Handshake } from '../wire.js';

const PLAIN = skipped('the URL is plain HTTP');
const WARNING_DAYS = 14;

/** One handshake serves all checks. */
const handshakes = new WeakMap<Patient, Promise<Handshake>>();

function shake(patient: Patient): Promise<Handshake> {
  let handshake = handshakes.get(patient);
  if (!handshake) {
    handshake = patient.wire.shake(placeOf(new URL(patient.target.scepUrl)), 'TLSv1.2');
    handshakes.set(patient, handshake);
  }
  return handshake;
}

const version: Check = {
  id: 'tls',
  needs: ['tcp'],
  async look(patient) {
    const { target, wire } = patient;
    const asked = `a TLS 1.2 handshake with ${target.host}`;
    try {
      return good(asked, (await shake(patient)).protocol);
    } catch (thrown) {
      if (!(thrown instanceof WireError)) throw thrown;
      const newer = await wire.shake(placeOf(new URL(target.scepUrl)), 'TLSv1.3').catch(() => undefined);
      return newer
        ? bad('tls-1.3-only', asked, `${thrown.code}; TLS 1.3 works`)
        : bad('tls-failed', asked, `${thrown.code}, and TLS 1.3 fails too`);
    }
  },
};

const clientCertificate: Check = {
  id: 'tls-client-certificate',
  needs: ['tls'],
  async look(patient) {
    const { certificateRequested, trustFault, certificate } = await shake(patient);
    const url = windowsUrl(patient.target, 'GetCACaps');
    const asked = `a TLS 1.2 handshake, then GET ${url}`;
    if (certificateRequested)
      return bad('client-certificate-requested', asked, 'CertificateRequest in the handshake');
    // Nothing is sent to a server that cannot be trusted; the next checks say why.
    if (trustFault !== undefined || certificate.nameFault !== undefined)
      return good('a TLS 1.2 handshake', 'no CertificateRequest');
    const late = await patient.get(url).then(
      ({ renegotiated }) => renegotiated,
      (thrown: unknown) => thrown instanceof WireError && thrown.code === 'RENEGOTIATED',
    );
    return late
      ? bad('client-certificate-late', asked, 'a second handshake after the request')
      : good(asked, 'no CertificateRequest, no second handshake');
  },
};

/** By OpenSSL's names of what is wrong with a chain; the rest is untrusted. */
const TRUST_FAULTS: Readonly<Record<string, FaultId>> = {
  CERT_HAS_EXPIRED: 'certificate-outdated',
  CERT_NOT_YET_VALID: 'certificate-outdated',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate-chain-incomplete',
};

const trust: Check = {
  id: 'tls-trust',
  needs: ['tls'],
  async look(patient): Promise<Outcome> {
    const { trustFault, certificate } = await shake(patient);
    const { subject, issuer, notAfter } = certificate;
    const asked = 'the server’s certificate and chain, with the authorities that Node.js trusts';
    const ends = notAfter.toISOString().slice(0, 10);
    const found = `${subject}, issued by ${issuer}, until ${ends}`;
    if (trustFault !== undefined)
      return bad(TRUST_FAULTS[trustFault] ?? 'certificate-untrusted', asked, `${trustFault}: ${found}`);
    const leftMs = notAfter.getTime() - patient.clock.now().getTime();
    return leftMs < WARNING_DAYS * DAY_MS
      ? attention('certificate-ends-soon', asked, found)
      : good(asked, found);
  },
};

const name: Check = {
  id: 'tls-name',
  needs: ['tls'],
  async look(patient) {
    const { certificate } = await shake(patient);
    const asked = `the names in the server’s certificate, for ${patient.target.host}`;
    return certificate.nameFault === undefined
      ? good(asked, 'one of them is this name')
      : bad('certificate-name', asked, certificate.nameFault);
  },
};

/** Nothing of it applies to the local cloud's plain HTTP. */
const overTls = (check: Check): Check => ({
  ...check,
  look: (patient) => (patient.target.secure ? check.look(patient) : PLAIN),
});

export const TLS = [version, clientCertificate, trust, name].map(overTls);
