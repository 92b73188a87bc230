/** @module What must be said before a CA is replaced whose certificates are in use. */
import type { Clock } from '../../lib/base/clock.js';
import type { CertificateSearch } from '../../lib/store/store.js';
import { CliError, EXIT } from '../terminal.js';
import type { Report } from './report.js';

/** Certificates that a device may have and that are still good. */
const LIVE_STATES = ['issued', 'delivered'] as const;
const PAGE = 1000;

/** Reads every certificate in use once: with a hundred thousand of them this takes minutes. */
export async function countLiveCertificates(
  certificates: CertificateSearch,
  clock: Clock,
  report: Report,
): Promise<number> {
  let count = 0;
  let read = 0;
  for (const state of LIVE_STATES) {
    let continuation: string | undefined;
    do {
      const page = await certificates.search({
        by: { state },
        limit: PAGE,
        ...(continuation === undefined ? {} : { continuation }),
      });
      read += page.records.length;
      count += page.records.filter(({ notAfter }) => notAfter > clock.now()).length;
      continuation = page.continuation;
      if (continuation !== undefined) report.step(`Counting the certificates in use: ${read} read.`);
    } while (continuation !== undefined);
  }
  return count;
}

/** The words that replace a CA. */
export const replacementWords = (count: number): string =>
  count === 1 ? 'I know that 1 certificate loses its CA' : `I know that ${count} certificates lose their CA`;

/**
 * @param said what was given with --replace: true without words.
 * @throws {CliError} unless a replacement was asked for, with words where certificates are in use.
 */
export function assertReplacement(count: number, said: string | boolean | undefined, command: string): void {
  if (said !== undefined && count === 0) return;
  const words = replacementWords(count);
  if (said === words) return;
  if (count === 0) {
    throw new CliError(
      EXIT.failed,
      'ERR_CA_EXISTS',
      'There is another CA already. None of its certificates is in use.',
      `To replace it: ${command} --replace`,
    );
  }
  throw new CliError(
    EXIT.failed,
    'ERR_CA_IN_USE',
    `There is another CA already, and ${count} of its certificates are in use. Replaced, it renews, revokes and vouches for none of them.`,
    `To let both live side by side, use \`skep ca rollover\`. To replace it all the same: ${command} --replace "${words}"`,
  );
}
