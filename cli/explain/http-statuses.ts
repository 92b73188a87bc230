/** @module HTTP statuses in place of a SCEP answer: Windows shows them as 0x8019 and the status in hex. */

interface StatusRow {
  readonly means: string;
  readonly cause: string;
  readonly remedy: string;
}

const ELSEWHERE: StatusRow = {
  means: 'The server sends the device to another address.',
  cause: 'Sign-in in front of the app (Easy Auth), a custom domain, or a rule that turns http into https.',
  remedy: 'Put the final address into the profile; switch off app authentication for the SCEP path.',
};

const BUSY: StatusRow = {
  means: 'The server cannot decide now; the device comes back by itself.',
  cause: 'Skep, the key vault or Intune is busy or out of reach: the body of the answer holds the code.',
  remedy: 'If it lasts, look at the app’s status page and log; `skep explain` knows the code.',
};

const GATEWAY: StatusRow = {
  means: 'Something in front of the app got no usable answer from it.',
  cause: 'The app does not start, or a front door or gateway does not reach it.',
  remedy: 'Open the app’s own address; look at its log, then at the gateway’s back-end health.',
};

export const HTTP_STATUSES: Readonly<Record<number, StatusRow>> = {
  301: ELSEWHERE,
  302: ELSEWHERE,
  307: ELSEWHERE,
  308: ELSEWHERE,
  400: {
    means: 'The server does not take the request for SCEP.',
    cause: 'A proxy cut or rewrote the query or the body, or the address is no SCEP endpoint.',
    remedy: 'Run `skep doctor` from the device’s network; compare the URL in the profile.',
  },
  401: {
    means: 'The server demands a sign-in.',
    cause: 'App authentication (Easy Auth) or an authenticating proxy stands before the SCEP path.',
    remedy: 'Switch it off for the SCEP path; the challenge is what authenticates a device.',
  },
  403: {
    means: 'The server refuses everybody, or this network.',
    cause:
      'The app is stopped, demands client certificates, is open to other networks only, or is asked by plain HTTP.',
    remedy:
      'Start the app; set its client certificate mode to Ignore; look at its access restrictions and web application firewall; use https://.',
  },
  404: {
    means: 'There is nothing at that address.',
    cause: 'The URL in the profile is wrong, a proxy drops /pkiclient.exe, or the endpoint is switched off.',
    remedy: 'Compare the URL with the app’s status page; run `skep doctor` with it.',
  },
  405: {
    means: 'The server does not take POST (or GET) there.',
    cause: 'A gateway lets only one method through.',
    remedy: 'Allow GET and POST for the SCEP path.',
  },
  408: {
    means: 'The request did not arrive whole in time.',
    cause: 'A bad line, or a proxy that holds bodies back.',
    remedy: 'Try from another network.',
  },
  411: {
    means: 'The request did not say how long it is.',
    cause: 'A proxy turned the body into chunks.',
    remedy: 'Let the proxy pass Content-Length on.',
  },
  413: {
    means: 'The request is larger than the server or a gateway takes.',
    cause: 'A gateway’s limit below 16 kB, or something that is no SCEP request.',
    remedy: 'Raise the gateway’s limit for bodies; Skep’s is SKEP_MAX_BODY_BYTES.',
  },
  414: {
    means: 'The URL is too long.',
    cause: 'The request travels in the URL, and a gateway limits its length.',
    remedy: 'Let GetCACaps arrive unchanged, so that clients use POST; raise the limit to 16 kB.',
  },
  429: BUSY,
  500: {
    means: 'The server failed.',
    cause: 'A fault of the app, or of something in front of it.',
    remedy: 'Look at the app’s log at that time.',
  },
  502: GATEWAY,
  503: BUSY,
  504: GATEWAY,
};

/** Cause and remedy of a status; nothing where there is no more to say than the number. */
export function explainStatus(status: number): { readonly cause?: string; readonly remedy?: string } {
  const row = HTTP_STATUSES[status];
  return row ? { cause: `${row.means} ${row.cause}`, remedy: row.remedy } : {};
}
