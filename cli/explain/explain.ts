/** @module A code from a device, a log or a console: what it means, what causes it, what to do. */
import { ERRORS, type ErrorCode } from '../../lib/base/error-codes.js';
import {
  describeHresult,
  formatHresult,
  HRESULTS,
  nameOfHresult,
  signedHresult,
  statusOfHresult,
} from '../../lib/base/hresults.js';
import { shownHresult } from '../../lib/intune/hresults.js';
import { refusalCode, RESULT_CODES, SUCCESS } from '../../lib/intune/result-codes.js';
import { faultRow, FAULTS, type FaultId } from '../doctor/faults.js';
import { ENTRA_CODES } from './entra-codes.js';
import { HTTP_STATUSES } from './http-statuses.js';
import { WINDOWS_CAUSES, type Cause } from './windows-causes.js';

export interface Explanation {
  /** The code in its usual form, e.g. `0x8010002C`. */
  readonly code: string;
  readonly kind: 'hresult' | 'http' | 'error' | 'intune' | 'entra';
  /** Its name where the vendor gave it one. */
  readonly name?: string;
  readonly means: string;
  /** Likeliest first. `check` is the one of `skep doctor` that finds it. */
  readonly causes: readonly (Cause & { readonly check?: string })[];
  /** Where the code itself says the cause. */
  readonly remedy?: string;
  /** Other forms and codes that go with it. */
  readonly also: readonly string[];
}

/** @returns nothing for a code that no table has. */
export function explain(text: string): Explanation | undefined {
  const code = text.trim();
  return explainNamed(code) ?? explainEntra(code) ?? explainNumber(code);
}

function explainNamed(text: string): Explanation | undefined {
  const name = text.toUpperCase();
  if (Object.hasOwn(ERRORS, name)) return explainError(name as ErrorCode);
  const result = Object.entries(RESULT_CODES).find(([key]) => key.toLowerCase() === text.toLowerCase());
  if (result) {
    const [code, { means, remedy }] = result;
    return {
      code,
      kind: 'intune',
      means,
      causes: [],
      remedy,
      also: code === SUCCESS ? [] : [`${refusalCode(code)} in the log, with this code as its detail`],
    };
  }
  const [known] = Object.entries(HRESULTS).find(([key]) => key === name) ?? [];
  return known === undefined ? undefined : explainHresult(HRESULTS[known as keyof typeof HRESULTS].code);
}

function explainError(code: ErrorCode): Explanation {
  const { means, remedy } = ERRORS[code];
  const hresult = formatHresult(shownHresult(code));
  return {
    code,
    kind: 'error',
    means,
    causes: [],
    remedy,
    also: [`Intune’s console shows ${hresult} for it`],
  };
}

function explainEntra(text: string): Explanation | undefined {
  const [, digits = ''] = /^AADSTS(\d{4,8})$/i.exec(text) ?? [];
  const row = ENTRA_CODES[digits];
  if (!row) return undefined;
  const { means, cause, remedy } = row;
  return { code: `AADSTS${digits}`, kind: 'entra', means, causes: [{ cause, remedy }], also: [] };
}

/** `0x8010002C`, `8010002c`, `-2146435028` as MDM reports have it, or the same without its sign. */
export function parseHresult(text: string): number | undefined {
  const [, hex] = /^(?:0x)?([0-9a-f]{8})$/i.exec(text) ?? [];
  // Eight digits could be either; no decimal HRESULT has so few.
  if (hex !== undefined) return Number.parseInt(hex, 16);
  const [, short] = /^0x([0-9a-f]{1,7})$/i.exec(text) ?? [];
  if (short !== undefined) return Number.parseInt(short, 16);
  if (!/^-?\d{1,10}$/.test(text)) return undefined;
  const value = Number(text);
  return value >= -0x80000000 && value <= 0xffffffff ? value >>> 0 : undefined;
}

/** Windows logs it for the command that begins an enrollment: it was accepted. */
const ACCEPTED = 0x02ab0003;

function explainNumber(text: string): Explanation | undefined {
  const code = parseHresult(text);
  return code === undefined ? undefined : explainHresult(code);
}

function explainHresult(code: number): Explanation | undefined {
  const status = statusOfHresult(code);
  if (status !== undefined) return explainHttp(code, status);
  if (code === ACCEPTED) {
    return {
      code: formatHresult(code),
      kind: 'hresult',
      means: 'No error: the device accepted the request to enroll and works on it (event 306).',
      causes: [],
      also: [],
    };
  }
  const name = nameOfHresult(code);
  if (!name) return undefined;
  const ours = (Object.keys(FAULTS) as FaultId[])
    .map(faultRow)
    .filter(({ hresult }) => hresult === name)
    .map(({ cause, remedy, check }) => ({ cause, remedy, check }));
  const reported = (Object.keys(ERRORS) as ErrorCode[]).filter((error) => shownHresult(error) === code);
  return {
    code: formatHresult(code),
    kind: 'hresult',
    name,
    means: describeHresult(code),
    causes: [...ours, ...(WINDOWS_CAUSES[name] ?? [])],
    also: [
      `${signedHresult(code)} in MDM reports`,
      ...(reported.length > 0 ? [`Skep tells Intune this for ${reported.join(', ')}`] : []),
    ],
  };
}

function explainHttp(code: number, status: number): Explanation {
  const row = HTTP_STATUSES[status];
  return {
    code: formatHresult(code),
    kind: 'http',
    means: `HTTP ${status}. ${row?.means ?? 'The server answers with this status in place of SCEP.'}`,
    causes: row
      ? [{ cause: row.cause, remedy: row.remedy, check: 'path' }]
      : [
          {
            cause: 'Something between the device and the app, or the app itself.',
            remedy: 'Look at the app’s log at that time.',
          },
        ],
    also: [`${signedHresult(code)} in MDM reports`],
  };
}

/** What can still be said of a number that no table has. */
export function describeUnknown(text: string): string {
  const code = parseHresult(text);
  if (code === undefined) return 'It has no form that is known here.';
  const facility = FACILITIES[(code >>> 16) & 0x7ff];
  const failed = code >>> 31 === 1 ? 'a failure' : 'no failure';
  const from = facility === undefined ? '' : `, from ${facility}`;
  return `As an HRESULT it is ${formatHresult(code)}: ${failed}${from}.`;
}

/** Bits 16 to 26 of an HRESULT (winerror.h). */
const FACILITIES: Readonly<Record<number, string>> = {
  7: 'Windows itself (a Win32 error)',
  9: 'the keys and certificates of Windows',
  11: 'certificate checking',
  16: 'smart cards',
  25: 'HTTP',
  40: 'the TPM',
};
