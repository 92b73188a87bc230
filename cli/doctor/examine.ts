/** @module Runs the checks in order; what a bad one makes pointless is left out, and says why. */
import { HRESULTS } from '../../lib/base/hresults.js';
import { networkHresult } from '../../dev/scep-client/hresults.js';
import type { Check } from './check.js';
import { bad, blocked, type Faulty, type Outcome } from './outcome.js';
import type { Patient } from './patient.js';
import { QUESTIONS, type CheckId } from './questions.js';
import { WireError } from './wire.js';

export interface ResultRow {
  readonly id: CheckId;
  readonly question: string;
  readonly outcome: Outcome;
}

/** `green`: nothing to do. `attention`: works, and something should be done. `broken`: devices fail. */
export type Verdict = 'green' | 'attention' | 'broken';

export interface Examination {
  readonly verdict: Verdict;
  readonly rows: readonly ResultRow[];
  /** The one thing to do next; absent when green. */
  readonly next?: ResultRow & { readonly outcome: Faulty };
}

/** @param onCheck hears of each check before it begins. */
export async function examine(
  patient: Patient,
  checks: readonly Check[],
  onCheck: (question: string) => void = () => undefined,
): Promise<Examination> {
  const outcomes = new Map<CheckId, Outcome>();
  for (const check of checks) {
    const cause = check.needs.find((id) => stops(outcomes.get(id)));
    if (cause !== undefined) {
      outcomes.set(check.id, blocked(`${rootOf(cause, checks, outcomes)} comes first`));
      continue;
    }
    onCheck(QUESTIONS[check.id]);
    outcomes.set(check.id, await look(check, patient));
  }
  const rows: ResultRow[] = [...outcomes].map(([id, outcome]) => ({ id, question: QUESTIONS[id], outcome }));
  const next = rows.find(isBad) ?? rows.find(isFaulty);
  const verdict = next ? (next.outcome.state === 'bad' ? 'broken' : 'attention') : 'green';
  return { verdict, rows, ...(next ? { next } : {}) };
}

/** A connection that breaks off is a finding at any check. */
async function look(check: Check, patient: Patient): Promise<Outcome> {
  try {
    return await check.look(patient);
  } catch (thrown) {
    if (!(thrown instanceof WireError)) throw thrown;
    const hresult = HRESULTS[networkHresult(thrown.code)].code;
    return bad('answer-lost', 'what this check asks', thrown.code, { hresult });
  }
}

const stops = (outcome: Outcome | undefined): boolean =>
  outcome?.state === 'bad' || outcome?.state === 'blocked';

/** The bad check behind one that is itself blocked. */
function rootOf(id: CheckId, checks: readonly Check[], outcomes: ReadonlyMap<CheckId, Outcome>): CheckId {
  if (outcomes.get(id)?.state === 'bad') return id;
  const above = checks.find((check) => check.id === id)?.needs.find((need) => stops(outcomes.get(need)));
  return above === undefined ? id : rootOf(above, checks, outcomes);
}

type FaultyRow = ResultRow & { readonly outcome: Faulty };

const isFaulty = (row: ResultRow): row is FaultyRow =>
  row.outcome.state === 'bad' || row.outcome.state === 'attention';
const isBad = (row: ResultRow): row is FaultyRow => row.outcome.state === 'bad';
