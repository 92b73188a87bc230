/** @module The page for people: what works, what does not, and where things are. Plain HTML, no scripts. */
import { createHash } from 'node:crypto';
import { escape } from 'html-escaper';
import { toHex } from '../base/bytes.js';
import { toSkepError } from '../base/errors.js';
import type { AuthoritySource } from '../keys/authority.js';
import { parseCertificate } from '../pki/certificate.js';
import { formatName } from '../pki/name.js';
import type { HealthSource } from './health.js';
import { respond, type HttpAnswer, type HttpRequest } from './http.js';

export interface StatusOptions {
  readonly checks: readonly HealthSource[];
  readonly authority: AuthoritySource;
  readonly version: string;
  /** Names of the SCEP endpoints with their paths. */
  readonly endpoints: readonly { readonly name: string; readonly path: string }[];
}

/** Says only what a device could learn anyway. */
export function createStatusHandler(options: StatusOptions): (request: HttpRequest) => Promise<HttpAnswer> {
  return async (request) => {
    const checks = await Promise.all(
      options.checks.map(async (check) => ({ name: check.name, ...(await check.run()) })),
    );
    const ok = checks.every((check) => check.ok);
    const { origin } = new URL(request.url);
    const rows = checks.map(
      ({ name, ok: good, text, remedy }) =>
        `<tr><th scope="row">${escape(name)}</th><td><strong>${good ? 'Good' : 'Needs attention'}</strong></td>` +
        `<td>${escape(text)}${remedy ? ` <em>${escape(remedy)}</em>` : ''}</td></tr>`,
    );
    const endpoints = options.endpoints.map(
      ({ name, path }) =>
        `<tr><th scope="row">${escape(name)}</th><td><code>${escape(origin + path)}</code></td></tr>`,
    );
    const body = page(
      ok ? 'Skep issues certificates' : 'Skep needs attention',
      `<h2>State</h2><table><tbody>${rows.join('')}</tbody></table>` +
        `<h2>SCEP server URLs</h2><table><tbody>${endpoints.join('')}</tbody></table>` +
        `<h2>CA certificate</h2>${await describeCa(options.authority)}` +
        `<footer>Skep ${escape(options.version)}</footer>`,
    );
    return respond(200, body, 'text/html; charset=utf-8', {
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
      'referrer-policy': 'no-referrer',
    });
  };
}

async function describeCa(authority: AuthoritySource): Promise<string> {
  try {
    const { issuer, recipients, mode } = await authority();
    const ca = parseCertificate(issuer.certificate);
    const thumbprint = toHex(createHash('sha1').update(issuer.certificate).digest());
    const rows = [
      ['Name', formatName(ca.subject)],
      ['Valid until', ca.notAfter.toISOString().slice(0, 10)],
      ['Thumbprint (SHA-1)', thumbprint],
      ...(mode === 'ra'
        ? [
            [
              'RA certificate valid until',
              parseCertificate(recipients[0].certificate).notAfter.toISOString().slice(0, 10),
            ],
          ]
        : []),
    ];
    const table = rows.map(
      ([name = '', value = '']) => `<tr><th scope="row">${escape(name)}</th><td>${escape(value)}</td></tr>`,
    );
    return (
      `<table><tbody>${table.join('')}</tbody></table>` +
      '<p>Download: <a href="ca/ca.cer">DER</a>, <a href="ca/ca.pem">PEM</a>, <a href="crl/ca.crl">CRL</a></p>'
    );
  } catch (thrown) {
    return `<p>${escape(toSkepError(thrown).code)}: there is no CA certificate to show.</p>`;
  }
}

const STYLE = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{max-width:56rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%}
th,td{border-bottom:1px solid color-mix(in srgb,currentColor 20%,transparent);padding:.4rem .6rem;text-align:left;vertical-align:top}
th{font-weight:600;width:14rem}code,td{overflow-wrap:anywhere}footer{margin-top:2rem;opacity:.7}`;

function page(title: string, body: string): string {
  return (
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escape(title)}</title>` +
    `<meta name="viewport" content="width=device-width,initial-scale=1"><style>${STYLE}</style></head>` +
    `<body><main><h1>${escape(title)}</h1>${body}</main></body></html>`
  );
}
