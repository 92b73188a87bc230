/** @module `skep enroll`: asks a SCEP server for a certificate and says in plain words what happens. */
import { Command, Option } from 'commander';
import {
  CIPHER_NAMES,
  createScepClient,
  DIGEST_NAMES,
  generateRsaKey,
  OID,
  ScepClientError,
  type EnrollResult,
  type ScepClient,
} from '../../dev/scep-client/index.js';
import { explainClientError, REFUSAL_ADVICE } from '../client-advice.js';
import { CliError, EXIT, printJson, type Terminal } from '../terminal.js';
import { parseEnrollOptions, type EnrollSettings, type RawEnrollOptions } from './enroll-options.js';
import { saveEnrollment } from './save-enrollment.js';

const collect = (value: string, all: readonly string[]): string[] => [...all, value];

export function createEnrollCommand(terminal: Terminal): Command {
  return new Command('enroll')
    .description('Ask a SCEP server for a certificate, step by step.')
    .option('--url <url>', 'the SCEP server')
    .option('--static', 'the static endpoint of the local cloud (npm start)')
    .option('--challenge <text>', 'the challenge; better: --challenge-file, or SKEP_CHALLENGE')
    .option('--challenge-file <file>', 'a file that holds the challenge')
    .option('--subject <name>', 'e.g. "CN=device-1,O=Contoso"')
    .option('--dns <name>', 'alternative name; may be repeated, as the following', collect, [])
    .option('--upn <name>', 'user principal name', collect, [])
    .option('--uri <uri>', 'e.g. IntuneDeviceId://<id>', collect, [])
    .option('--email <address>', 'e-mail address', collect, [])
    .option('--ip <address>', 'IPv4 or IPv6 address', collect, [])
    .option('--key-size <bits>', '2048, 3072 or 4096', '2048')
    .option('--renew', 'renew a certificate with itself in place of a challenge')
    .option('--cert <file>', 'with --renew: the certificate to renew')
    .option('--key <file>', 'with --renew: its private key')
    .option('--out <folder>', 'where to save key.pem, certificate.pem and ca.pem', '.')
    .option('--get', 'send the request by GET even if the server takes POST')
    .addOption(new Option('--digest <name>', 'default: what the server offers').choices(DIGEST_NAMES))
    .addOption(new Option('--cipher <name>', 'default: what the server offers').choices(CIPHER_NAMES))
    .option('--json', 'print one JSON object and nothing else')
    .action(async (raw: RawEnrollOptions) => {
      const settings = parseEnrollOptions(raw, terminal);
      await enroll(settings, raw.json ?? false, terminal).catch((thrown: unknown) => {
        throw nameServer(thrown, settings.url);
      });
    });
}

/** The client knows what went wrong on the way, and not what was meant by it. */
function nameServer(thrown: unknown, url: string): unknown {
  if (!(thrown instanceof ScepClientError) || thrown.code !== 'ERR_CLIENT_NETWORK') return thrown;
  const { exitCode, code, message, next } = explainClientError(thrown);
  return new CliError(exitCode, code, `Nobody answers at ${url}. ${message}`, next, { cause: thrown });
}

async function enroll(settings: EnrollSettings, asJson: boolean, terminal: Terminal): Promise<void> {
  const say = (text: string): void => {
    if (!asJson) terminal.out(`${terminal.colors.cyan('•')} ${text}\n`);
  };
  const client = createScepClient({
    url: settings.url,
    fetch: terminal.fetch,
    method: settings.useGet ? 'GET' : 'auto',
    // A tool for looking at any server should not stop at a fault that common ones have.
    allowEchoedNonce: true,
  });
  await introduce(client, settings, say);
  say(`Making an RSA key of ${settings.keySize} bits.`);
  const key = await generateRsaKey(settings.keySize);
  say(
    settings.renewal
      ? `Asking to renew the certificate ${settings.renewal.certificate.serialHex}, signed with its key.`
      : `Asking for a certificate, with a challenge of ${settings.challenge?.length ?? 0} characters.`,
  );
  const result = await request(client, settings, key);
  if (result.status !== 'SUCCESS') throw refusal(result);

  const { certificate } = result;
  const files = saveEnrollment(settings.out, result);
  if (asJson) {
    const { subject, issuer, serialHex, thumbprint, notBefore, notAfter } = certificate;
    printJson(terminal, {
      status: 'issued',
      certificate: { subject, issuer, serialNumber: serialHex, thumbprint, notBefore, notAfter },
      files: { key: files.key, certificate: files.certificate, ca: files.ca },
    });
    return;
  }
  say(`Issued: ${terminal.colors.green(certificate.subject)} by ${certificate.issuer}`);
  say(`Serial number ${certificate.serialHex}, SHA-1 thumbprint ${certificate.thumbprint}`);
  say(`Valid from ${certificate.notBefore.toISOString()} to ${certificate.notAfter.toISOString()}`);
  for (const file of files.kept) say(`Kept what was there as ${file}`);
  say(`Saved ${files.key}, ${files.certificate}, ${files.ca}`);
}

async function introduce(
  client: ScepClient,
  { url }: EnrollSettings,
  say: (text: string) => void,
): Promise<void> {
  say(`Asking ${url} what it can do.`);
  say(`It offers: ${[...(await client.getCapabilities())].join(', ') || 'nothing'}`);
  const { ca, encryption } = await client.getCaCertificates();
  say(`The CA is ${ca.subject} (SHA-1 thumbprint ${ca.thumbprint}).`);
  if (encryption !== ca) say(`Requests are encrypted to its RA ${encryption.subject}.`);
}

async function request(
  client: ScepClient,
  settings: EnrollSettings,
  key: Awaited<ReturnType<typeof generateRsaKey>>,
): Promise<EnrollResult> {
  const { subject, subjectAltNames, challenge, renewal, digest, cipher } = settings;
  const options = {
    key,
    subject,
    keyUsage: ['digitalSignature', 'keyEncipherment'],
    extendedKeyUsage: [OID.clientAuth],
    ...(subjectAltNames.length > 0 ? { subjectAltNames } : {}),
    ...(challenge === undefined ? {} : { challenge }),
    message: { ...(digest ? { digest } : {}), ...(cipher ? { cipher } : {}) },
  } as const;
  return renewal ? client.renew({ ...options, signer: renewal }) : client.enroll(options);
}

function refusal(result: Exclude<EnrollResult, { status: 'SUCCESS' }>): CliError {
  if (result.status === 'PENDING') {
    return new CliError(
      EXIT.failed,
      'PENDING',
      'The server wants to decide later (PENDING). Nothing was saved.',
      'Have the request approved at the CA, or enroll with a challenge that it accepts at once.',
    );
  }
  const text = result.failInfoText ? `: ${result.failInfoText}` : '';
  return new CliError(
    EXIT.failed,
    result.failInfo,
    `The server refused (${result.failInfo})${text}`,
    REFUSAL_ADVICE[result.failInfo],
  );
}
