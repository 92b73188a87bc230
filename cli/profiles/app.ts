/** @module What the deployed app itself says: its CA certificates, and whether SCEP answers where profiles will point. */
import { parseCertificate, type Certificate } from '../../lib/pki/certificate.js';
import { formatName } from '../../lib/pki/name.js';
import { isIssuedBy } from '../../lib/pki/verify.js';
import { readInput } from '../inspect/read-input.js';
import { CliError, EXIT, type Terminal } from '../terminal.js';
import type { CaChain, ProfileRequest } from './request.js';

const TIMEOUT_MS = 30_000;

/**
 * The CA that issues, and the one that follows it, if it is announced; each with what is above it up to the root.
 * @param appUrl without a slash at its end.
 * @throws {CliError} when the app does not answer so, or has no CA yet.
 */
export async function readCas(
  appUrl: string,
  { fetch }: Terminal,
  now: Date,
): Promise<Pick<ProfileRequest, 'chain' | 'next'>> {
  const url = `${appUrl}/ca/ca.pem`;
  const response = await get(url, fetch);
  if (!response.ok) throw missing(url, response);
  const chain = await readChain(url, response, now);
  const nextUrl = `${appUrl}/ca/next.pem`;
  const announced = await get(nextUrl, fetch);
  if (announced.status === 404) return { chain, next: undefined };
  if (!announced.ok) throw missing(nextUrl, announced);
  return { chain, next: await readChain(nextUrl, announced, now) };
}

const missing = (url: string, { status }: Response): CliError =>
  failure(
    'ERR_NO_CA',
    `${url} answered HTTP ${status}.`,
    'Look at the status page of the app; `skep ca init` makes the CA.',
  );

/** @returns each issued by the next, the last by itself. */
async function readChain(url: string, response: Response, now: Date): Promise<CaChain> {
  const [first, ...above] = parseChain(Buffer.from(await response.arrayBuffer()), url);
  const all = [first, ...above];
  for (const [height, certificate] of all.entries()) {
    const issuer = all[height + 1] ?? certificate;
    if (!isIssuedBy(certificate, issuer)) throw broken(certificate);
    if (certificate.notAfter <= now) {
      throw failure(
        'ERR_CA_EXPIRED',
        `The CA certificate ${formatName(certificate.subject)} has expired.`,
        'Renew it first: docs/ca.md.',
      );
    }
  }
  return [first.der, ...above.map(({ der }) => der)];
}

/** @throws {CliError} unless a SCEP server answers there. */
export async function assertScepAnswers(scepUrl: string, { fetch }: Terminal): Promise<void> {
  const response = await get(`${scepUrl}?operation=GetCACaps`, fetch);
  if (response.ok && (await response.text()).split(/\r?\n/).includes('POSTPKIOperation')) return;
  throw failure(
    'ERR_NO_SCEP',
    `No SCEP server answers at ${scepUrl} (HTTP ${response.status}).`,
    'Check the address and --endpoint; the status page of the app lists its SCEP URLs.',
  );
}

async function get(url: string, fetch: Terminal['fetch']): Promise<Response> {
  try {
    return await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (cause) {
    throw new CliError(EXIT.failed, 'ERR_UNREACHABLE', `${url} does not answer.`, 'Check the address.', {
      cause,
    });
  }
}

function parseChain(bytes: Uint8Array, url: string): readonly [Certificate, ...Certificate[]] {
  try {
    const [first, ...above] = readInput(bytes)
      .filter(({ label }) => label === 'CERTIFICATE')
      .map((block) => parseCertificate(block.bytes));
    if (first) return [first, ...above];
  } catch {
    // It is no certificate, whatever it is.
  }
  throw failure(
    'ERR_NOT_SKEP',
    `${url} is not a list of CA certificates.`,
    'Give the address of the app itself, without the path of SCEP.',
  );
}

const broken = ({ subject }: Certificate): CliError =>
  failure(
    'ERR_CA_CHAIN',
    `Nothing in the app’s list issued ${formatName(subject)}: the chain does not reach its root.`,
    'Install the whole chain: skep ca install chain.pem.',
  );

const failure = (code: string, message: string, next: string): CliError =>
  new CliError(EXIT.failed, code, message, next);
