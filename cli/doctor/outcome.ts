/** @module What comes of one check. */
import { HRESULTS } from '../../lib/base/hresults.js';
import { faultRow, type FaultId } from './faults.js';

export interface Good {
  readonly state: 'good';
  readonly asked: string;
  readonly found: string;
}

/** `bad`: devices fail now. `attention`: they will, or some do. */
export interface Faulty {
  readonly state: 'bad' | 'attention';
  readonly fault: FaultId;
  readonly asked: string;
  readonly found: string;
  readonly cause: string;
  readonly remedy: string;
  /** Unsigned, 32 bits. */
  readonly hresult?: number;
}

/** `blocked`: something that it needs is bad, so nothing can be said; else it does not apply here. */
export interface Skipped {
  readonly state: 'skipped' | 'blocked';
  readonly because: string;
}

export type Outcome = Good | Faulty | Skipped;

export const good = (asked: string, found: string): Good => ({ state: 'good', asked, found });

export const skipped = (because: string): Skipped => ({ state: 'skipped', because });

export const blocked = (because: string): Skipped => ({ state: 'blocked', because });

/** What differs from the fault's row. */
export interface Particulars {
  readonly hresult?: number | undefined;
  readonly cause?: string | undefined;
  readonly remedy?: string | undefined;
}

export const bad = (fault: FaultId, asked: string, found: string, particulars: Particulars = {}): Faulty =>
  faulty('bad', fault, asked, found, particulars);

export const attention = (
  fault: FaultId,
  asked: string,
  found: string,
  particulars: Particulars = {},
): Faulty => faulty('attention', fault, asked, found, particulars);

function faulty(
  state: Faulty['state'],
  fault: FaultId,
  asked: string,
  found: string,
  particulars: Particulars,
): Faulty {
  const { cause, remedy, hresult: name } = faultRow(fault);
  const hresult = particulars.hresult ?? (name && HRESULTS[name].code);
  return {
    state,
    fault,
    asked,
    found,
    cause: particulars.cause ?? cause,
    remedy: particulars.remedy ?? remedy,
    ...(hresult === undefined ? {} : { hresult }),
  };
}
