/** @module What is examined: one SCEP URL, and where the other addresses of the same app are. */
import { usageError } from '../terminal.js';

export interface Target {
  /** As an Intune profile would hold it: no slash at the end, no `/pkiclient.exe`. */
  readonly scepUrl: string;
  /** Where challenges given out by an administrator count. */
  readonly staticUrl: string;
  /** The app itself, without a slash at the end. */
  readonly appUrl: string;
  /** Where devices look for OCSP, CRL and CA certificate; without a slash at the end. */
  readonly publicUrl: string;
  readonly host: string;
  readonly secure: boolean;
  /** On this machine: the local cloud, which speaks plain HTTP. */
  readonly local: boolean;
}

/** The drop-in path of NDES and SCEPman: where the Intune endpoint is. */
const INTUNE_PATH = '/certsrv/mscep/mscep.dll';

/** What a SCEP path may end with; before it is the app. */
const SCEP_PATHS = /(\/certsrv\/mscep\/mscep\.dll|\/static|\/scep\/[^/]+)$/i;

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/i;

/**
 * @param text a SCEP URL, or the app's address alone: then its Intune endpoint.
 * @param publicUrl where certificates say that OCSP and CRL are; default: plain HTTP, the same host.
 * @throws {CliError} `ERR_USAGE`
 */
export function parseTarget(text: string, publicUrl?: string): Target {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (
    !url ||
    !/^https?:$/.test(url.protocol) ||
    url.username !== '' ||
    url.search !== '' ||
    url.hash !== ''
  ) {
    throw usageError(
      `${text} is no SCEP URL.`,
      'Copy the URL from the SCEP profile, e.g. https://example.azurewebsites.net/certsrv/mscep/mscep.dll',
    );
  }
  const given = url.pathname.replace(/(\/pkiclient\.exe)+\/?$/i, '').replace(/\/+$/, '');
  const path = given === '' ? INTUNE_PATH : given;
  const below = path.replace(SCEP_PATHS, '');
  const appUrl = `${url.origin}${below === path ? '' : below}`;
  const secure = url.protocol === 'https:';
  const isIntune = path.toLowerCase().endsWith(INTUNE_PATH);
  return {
    scepUrl: `${url.origin}${path}`,
    staticUrl: isIntune ? `${appUrl}/static` : `${url.origin}${path}`,
    appUrl,
    publicUrl: (publicUrl ?? (secure ? `http://${url.hostname}${new URL(appUrl).pathname}` : appUrl)).replace(
      /\/+$/,
      '',
    ),
    host: url.hostname.replace(/^\[|\]$/g, ''),
    secure,
    local: LOOPBACK.test(url.hostname),
  };
}
