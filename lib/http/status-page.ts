/** @module The status page as HTML: plain, without scripts, for eyes and for screen readers, in light and dark. */
import { escape } from 'html-escaper';
import { ERRORS } from '../base/error-codes.js';
import type { RecentFailures } from '../journal/failures.js';
import { STATUS_STYLE } from './status-style.js';

export interface StatusPart {
  readonly name: string;
  readonly ok: boolean;
  readonly text: string;
  readonly remedy?: string;
  /** For signed-in callers alone. */
  readonly detail?: readonly string[];
}

/** One certificate of ours, as people compare it with what a device shows. */
export interface ShownCertificate {
  readonly role: 'CA' | 'RA' | 'next CA';
  readonly name: string;
  readonly notAfter: Date;
  readonly daysLeft: number;
  /** Upper-case hex. */
  readonly sha1: string;
  readonly sha256: string;
}

export interface StatusView {
  readonly ok: boolean;
  readonly parts: readonly StatusPart[];
  /** Of the endpoints that exist. */
  readonly scepUrls: readonly { readonly name: string; readonly url: string }[];
  /** A text where there are none to show. */
  readonly certificates: readonly ShownCertificate[] | string;
  /** Absent for anonymous visitors: what happens to other devices is not theirs to know. */
  readonly failures?: RecentFailures;
  readonly version: string;
}

const CAPTIONS: Readonly<Record<ShownCertificate['role'], string>> = {
  CA: 'The certification authority',
  RA: 'The registration authority, which answers SCEP requests',
  'next CA': 'The certification authority that follows: devices should trust it before it takes over',
};

/** Downloads beside the CA certificate, by file name below `ca/` and `crl/`. */
const DOWNLOADS = [
  ['ca/ca.cer', 'DER', 'for Intune’s trusted certificate profile'],
  ['ca/ca.pem', 'PEM', 'with the chain, for RADIUS servers and Linux'],
  ['ca/ca.mobileconfig', 'mobileconfig', 'for Apple devices that no MDM manages'],
  ['crl/ca.crl', 'CRL', 'the list of revoked certificates'],
] as const;

/** While one is announced. */
const NEXT_DOWNLOAD = [
  'ca/next.cer',
  'next CA',
  'for a second trusted certificate profile, ahead of the day',
] as const;

export function formatStatusPage(view: StatusView): string {
  const title = view.ok ? 'Skep issues certificates' : 'Skep needs attention';
  const sections = [
    section('State', stateTable(view.parts)),
    section('SCEP server URLs', urlTable(view.scepUrls)),
    section('Certificates', certificateTables(view.certificates)),
    section('Failures of the last 24 hours', failureTable(view.failures)),
  ];
  return (
    `<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>${escape(title)}</title>\n` +
    `<meta name="viewport" content="width=device-width, initial-scale=1">\n<style>${STATUS_STYLE}</style>\n</head>\n` +
    `<body>\n<main>\n<h1 class="${view.ok ? 'good' : 'bad'}">${escape(title)}</h1>\n${sections.join('\n')}\n</main>\n` +
    `<footer><p>Skep ${escape(view.version)}. For machines: <a href="health">health as JSON</a>.</p></footer>\n` +
    '</body>\n</html>\n'
  );
}

const section = (title: string, body: string): string =>
  `<section>\n<h2>${escape(title)}</h2>\n${body}\n</section>`;

/** @param cells HTML, of one row each; the first is the row's heading. */
function table(
  headings: readonly string[],
  rows: readonly (readonly [string, ...string[]])[],
  caption?: string,
): string {
  const head = headings.map((heading) => `<th scope="col">${escape(heading)}</th>`).join('');
  const body = rows.map(([first, ...others]) => {
    const cells = others.map((cell) => `<td>${cell}</td>`).join('');
    return `<tr><th scope="row">${first}</th>${cells}</tr>`;
  });
  const described = caption === undefined ? '' : `<caption>${escape(caption)}</caption>`;
  return `<table>${described}<thead><tr>${head}</tr></thead>\n<tbody>${body.join('\n')}</tbody></table>`;
}

function stateTable(parts: readonly StatusPart[]): string {
  const rows = parts.map(({ name, ok, text, remedy, detail = [] }) => {
    const more = detail.map((line) => `<li>${escape(line)}</li>`).join('');
    return [
      escape(name),
      // A word beside the colour: not everybody sees it, and no printer does.
      `<strong class="${ok ? 'good' : 'bad'}">${ok ? 'Good' : 'Needs attention'}</strong>`,
      `${escape(text)}${remedy ? `<p class="remedy">${escape(remedy)}</p>` : ''}${more && `<ul>${more}</ul>`}`,
    ] as const;
  });
  return table(['Part', 'State', 'What it says'], rows);
}

function urlTable(urls: StatusView['scepUrls']): string {
  if (urls.length === 0) return '<p>No SCEP endpoint is switched on.</p>';
  return table(
    ['Endpoint', 'URL for the SCEP profile'],
    urls.map(({ name, url }) => [escape(name), `<code>${escape(url)}</code>`]),
  );
}

function certificateTables(certificates: StatusView['certificates']): string {
  if (typeof certificates === 'string') return `<p>${escape(certificates)}</p>`;
  const tables = certificates.map(({ role, name, notAfter, daysLeft, sha1, sha256 }) =>
    table(
      ['Field', 'Value'],
      [
        ['Name', escape(name)],
        ['Valid until', `${time(notAfter)}, ${daysLeft} days left`],
        ['SHA-1 thumbprint', `<code>${sha1}</code>`],
        ['SHA-256 thumbprint', `<code>${sha256}</code>`],
      ],
      CAPTIONS[role],
    ),
  );
  const hasNext = certificates.some(({ role }) => role === 'next CA');
  const links = [...DOWNLOADS, ...(hasNext ? [NEXT_DOWNLOAD] : [])].map(
    ([path, label, use]) => `<li><a href="${path}">${label}</a>, ${use}</li>`,
  );
  return `${tables.join('\n')}\n<h3>Downloads</h3>\n<ul>${links.join('\n')}</ul>`;
}

function failureTable(failures: RecentFailures | undefined): string {
  if (!failures) {
    return '<p>Shown to signed-in callers with the role <code>Certificates.Read</code>: <code>skep status</code>.</p>';
  }
  const { causes, succeeded, complete } = failures;
  const sum =
    `<p>Requests that went well since ${time(failures.since)}: ${succeeded}.` +
    `${complete ? '' : ' There were more than are counted here; the journal has them all.'}</p>`;
  if (causes.length === 0) return `${sum}\n<p>None failed.</p>`;
  const rows = causes.map(({ code, count, lastAt }) => {
    const { means, remedy } = ERRORS[code];
    return [
      `<code>${code}</code>`,
      String(count),
      time(lastAt),
      `${escape(means)}<p class="remedy">${escape(remedy)}</p>`,
    ] as const;
  });
  return `${sum}\n${table(['Cause', 'How often', 'Last', 'What it means, and what to do'], rows)}`;
}

function time(at: Date): string {
  const text = at.toISOString();
  return `<time datetime="${text}">${text.slice(0, 16).replace('T', ' ')} UTC</time>`;
}
