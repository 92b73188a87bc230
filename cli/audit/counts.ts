/** @module The comparison where the vault's audit log holds no request ids: numbers alone, and what they can show. */
import type { AuditInput, Judgement } from './model.js';
import type { VaultSignature } from './vault-rows.js';

/** Whether the ids that the vault logged are ours: without signatures there is nothing to tell by, and ids will do. */
export function hasIds(signatures: readonly VaultSignature[], written: ReadonlySet<string>): boolean {
  return signatures.length === 0 || signatures.some(({ id }) => written.has(id));
}

/**
 * Every certificate is one signature at least. Beyond those there is room for what we meant to sign: CRLs and the like,
 * and rows that were abandoned. Signatures beyond that room, and key versions beyond the CAs, are unexplained.
 */
export function judgeCounts(
  { entries, from, until, slackMs, settleMs, known }: AuditInput,
  signatures: readonly VaultSignature[],
): Judgement {
  const count = (kinds: readonly string[], widenMs: number) =>
    entries.filter(({ kind, at }) => {
      const time = at.getTime();
      return kinds.includes(kind) && time >= from.getTime() - widenMs && time <= until.getTime() + widenMs;
    }).length;
  const least = count(['issued'], -Math.max(slackMs, settleMs));
  const most = count(['issued', 'abandoned', 'signed'], slackMs) + known.length;
  const versions = [...new Set(signatures.map(({ keyVersion }) => keyVersion))];
  const issuers = new Set(entries.map(({ issuerId }) => issuerId)).size;
  const young = signatures.filter(({ at }) => at.getTime() > until.getTime() - settleMs).length;
  const unexplained = [
    signatures.length - young > most && {
      kind: 'too-many-signatures',
      text: `The CA key signed ${signatures.length - young} times, and there are entries for ${most}.`,
    },
    signatures.length < least && {
      kind: 'too-few-signatures',
      text: `There are entries for ${least} certificates, and the vault signed ${signatures.length} times.`,
    },
    versions.length > Math.max(1, issuers) && {
      kind: 'unknown-key-version',
      text: `${versions.length} versions of the CA key signed (${versions.join(', ')}), and the log knows ${issuers} issuers.`,
    },
  ].filter((one) => one !== false);
  return {
    counts: {
      signatures: signatures.length,
      signaturesInFlight: young,
      leastExpected: least,
      mostExpected: most,
    },
    unexplained,
    notes: [
      'The vault’s log holds no request ids of this app, so numbers were compared, not signatures: a signature that ' +
        'takes the place of one that failed would not show.',
    ],
  };
}
