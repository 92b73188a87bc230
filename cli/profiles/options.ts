/** @module The options of `skep profiles`, parsed and checked before anything is asked or sent. */
import { Option, type Command } from 'commander';
import { parseCertificate } from '../../lib/pki/certificate.js';
import { readFile } from '../files.js';
import { readInput } from '../inspect/read-input.js';
import { usageError } from '../terminal.js';
import {
  parseEndpoint,
  parseKinds,
  parsePercent,
  parsePlatforms,
  parsePrefix,
  parseServers,
  parseSsid,
  parseValidity,
} from './option-values.js';
import { KINDS, PLATFORM_NAMES, type Kind, type PlatformName, type ScepTrust } from './platforms.js';
import type { ProfileRequest, WifiNetwork } from './request.js';
import type { Validity } from './values.js';

/** As commander hands them over. */
export interface RawProfileOptions {
  readonly platform?: readonly PlatformName[];
  readonly kind?: readonly Kind[];
  readonly namePrefix: string;
  readonly endpoint?: string;
  readonly validity?: Validity;
  readonly threshold?: number;
  readonly scepRoot?: ScepTrust;
  readonly wifi?: string;
  readonly radiusServer?: readonly string[];
  readonly radiusCa?: string;
  readonly json?: boolean;
}

/** Options of `export` and `apply` alike. */
export function addProfileOptions(command: Command): Command {
  return command
    .argument('<url>', 'address of the app, e.g. https://contoso-skep.azurewebsites.net')
    .option(
      '--platform <names>',
      `of ${PLATFORM_NAMES.join(', ')}, separated by commas; "android" is both; default: all`,
      parsePlatforms,
    )
    .option('--kind <kinds>', 'device, user, or both separated by a comma; default: both', parseKinds)
    .option('--name-prefix <text>', 'begins the name of every profile', parsePrefix, 'Skep')
    .option(
      '--endpoint <name>',
      'a SCEP endpoint of SKEP_ENDPOINTS in place of the built-in one',
      parseEndpoint,
    )
    .option('--validity <time>', 'such as 1y, 18m or 400d; default: 1y', parseValidity)
    .option(
      '--threshold <percent>',
      'of the life left when a device renews; default: 20, Apple 50',
      parsePercent,
    )
    .addOption(
      new Option('--scep-root <which>', 'certificate that SCEP profiles refer to, below another CA').choices([
        'issuer',
        'root',
      ]),
    )
    .option('--wifi <ssid>', 'also make Wi-Fi profiles (EAP-TLS) for this network', parseSsid)
    .option('--radius-server <names>', 'with --wifi: names in the RADIUS server’s certificate', parseServers)
    .option('--radius-ca <file>', 'with --wifi: root above the RADIUS server; default: our root')
    .option('--json', 'print one JSON object and nothing else');
}

/** What is asked for, without what only the app knows. */
export type ProfileChoice = Omit<ProfileRequest, 'chain' | 'next'>;

/** @throws {CliError} with exit code 2, naming the option. */
export function parseProfileOptions(url: string, raw: RawProfileOptions): ProfileChoice {
  const appUrl = parseAppUrl(url);
  const path = raw.endpoint === undefined ? '/certsrv/mscep/mscep.dll' : `/scep/${raw.endpoint}`;
  return {
    appUrl,
    scepUrl: appUrl + path,
    platforms: raw.platform ?? PLATFORM_NAMES,
    kinds: raw.kind ?? KINDS,
    namePrefix: raw.namePrefix,
    validity: raw.validity,
    thresholdPercent: raw.threshold,
    scepTrust: raw.scepRoot,
    wifi: parseWifi(raw),
  };
}

/** The local cloud: nobody stands between. */
export const isLoopback = ({ hostname }: URL): boolean =>
  ['127.0.0.1', '[::1]', 'localhost'].includes(hostname);

function parseAppUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // Whoever stood between could give devices a root of his own.
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url));
  if (!url || !isSafe) {
    throw usageError(
      `${text} is no https address.`,
      'Give the address of the app, such as https://contoso-skep.azurewebsites.net.',
    );
  }
  return url.origin + url.pathname.replace(/\/(?:certsrv\/mscep.*)?$/i, '').replace(/\/+$/, '');
}

function parseWifi({ wifi: ssid, radiusServer, radiusCa }: RawProfileOptions): WifiNetwork | undefined {
  if (ssid === undefined) {
    if (radiusServer ?? radiusCa) {
      throw usageError(
        '--radius-server and --radius-ca belong to --wifi.',
        'Add --wifi <ssid>, or leave them out.',
      );
    }
    return undefined;
  }
  if (!radiusServer) {
    throw usageError(
      '--wifi needs --radius-server.',
      'Give the names in the RADIUS server’s certificate: without them a device trusts any server of that root.',
    );
  }
  return { ssid, radiusServers: radiusServer, radiusRoot: readRoot(radiusCa) };
}

function readRoot(file: string | undefined): Uint8Array | undefined {
  if (file === undefined) return undefined;
  const [block] = readInput(readFile(file, '--radius-ca'));
  try {
    return parseCertificate(block?.bytes ?? new Uint8Array()).der;
  } catch {
    throw usageError(`${file} is not a certificate.`, 'Give a PEM or DER file with the root certificate.');
  }
}
