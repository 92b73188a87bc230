/**
 * @module The comparison: what the vault's audit log, the issuance log, the rows and Intune say of the same time. Pure.
 *
 * A signature is explained when something that we wrote down has its id; what we wrote down is explained when the vault
 * has signed it. What is too young to be judged is counted as in flight.
 */
import { signatureIdOf } from '../../lib/keys/signature-id.js';
import { judgeCounts, hasIds } from './counts.js';
import { judgeIntune } from './intune-judgement.js';
import type { AuditInput, AuditResult, Discrepancy, Judgement } from './model.js';
import { judgeRows } from './row-judgement.js';
import type { VaultSignature } from './vault-rows.js';

export function reconcile(input: AuditInput): AuditResult {
  const judgements = [
    ...(input.signatures ? [judgeSignatures(input, input.signatures)] : []),
    judgeRows(input),
    ...(input.intune ? [judgeIntune(input, input.intune)] : []),
  ];
  return {
    counts: Object.assign({}, ...judgements.map(({ counts }) => counts)) as Record<string, number>,
    unexplained: judgements.flatMap(({ unexplained }) => unexplained),
    notes: judgements.flatMap(({ notes = [] }) => notes),
  };
}

function judgeSignatures(input: AuditInput, signatures: readonly VaultSignature[]): Judgement {
  const { entries, rows, known, from, until, slackMs, settleMs } = input;
  const written = new Set(
    [
      ...entries.flatMap((entry) => ('signedHash' in entry ? [entry.signedHash] : [])),
      ...rows.map(({ signedHash }) => signedHash),
      ...known,
    ].map(signatureIdOf),
  );
  const inWindow = signatures.filter(({ at }) => at >= from && at <= until);
  if (!hasIds(inWindow, written)) return judgeCounts(input, inWindow);

  const done = new Set(signatures.map(({ id }) => id));
  const young = until.getTime() - settleMs;
  const strange = inWindow.filter(({ id }) => !written.has(id));
  const inFlight = strange.filter(({ at }) => at.getTime() > young);
  const inner = { from: from.getTime() + slackMs, until: young };
  const unsigned = entries.filter(
    (entry) =>
      entry.kind === 'issued' &&
      entry.at.getTime() >= inner.from &&
      entry.at.getTime() <= inner.until &&
      !done.has(signatureIdOf(entry.signedHash)),
  );
  return {
    counts: {
      signatures: inWindow.length,
      signaturesInFlight: inFlight.length,
      ...countPurposes(input, inWindow),
    },
    unexplained: [
      ...strange
        .filter(({ at }) => at.getTime() <= young)
        .map((signature) => ({
          kind: 'signature-without-entry',
          text: `The CA key signed at ${signature.at.toISOString()} what nothing tells of (${describe(signature)}).`,
        })),
      ...repeated(inWindow, written),
      ...unsigned.map((entry) => ({
        kind: 'entry-without-signature',
        text: `Entry ${entry.sequence} tells of a certificate that the vault did not sign: ${'serialNumber' in entry ? entry.serialNumber : ''}.`,
      })),
    ],
  };
}

/** Of the signatures that are explained, what they were made for. */
function countPurposes(
  { entries }: AuditInput,
  signatures: readonly VaultSignature[],
): Record<string, number> {
  const purposeOf = new Map(
    entries.flatMap((entry): [string, string][] => {
      if (!('signedHash' in entry)) return [];
      return [[signatureIdOf(entry.signedHash), entry.kind === 'signed' ? entry.purpose : 'certificate']];
    }),
  );
  const counts: Record<string, number> = {};
  for (const { id } of signatures) {
    const purpose = purposeOf.get(id);
    if (purpose) counts[`for ${purpose}`] = (counts[`for ${purpose}`] ?? 0) + 1;
  }
  return counts;
}

/**
 * An id names what was asked for, not what was signed: whoever may use the key can ask under the id of something known.
 * Then there are two signatures of one id. A genuine second one comes after an answer that was lost.
 */
function repeated(signatures: readonly VaultSignature[], written: ReadonlySet<string>): Discrepancy[] {
  const times = new Map<string, VaultSignature[]>();
  for (const signature of signatures) {
    if (written.has(signature.id)) times.set(signature.id, [...(times.get(signature.id) ?? []), signature]);
  }
  return [...times.values()]
    .filter((group) => group.length > 1)
    .map((group) => ({
      kind: 'signed-again',
      text: `${group.length} signatures name the same content, at ${group.map(({ at }) => at.toISOString()).join(', ')} (${group.map(describe).join('; ')}): after an outage of the vault that is a retry.`,
    }));
}

const describe = ({ keyVersion, id, caller, address }: VaultSignature): string =>
  [
    `key version ${keyVersion}`,
    `request ${id || 'without an id'}`,
    `caller ${caller || 'unknown'}`,
    address && `from ${address}`,
  ]
    .filter(Boolean)
    .join(', ');
