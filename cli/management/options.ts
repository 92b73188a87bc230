/** @module Values of options, refused here with the option's name before anybody is asked. */
import { InvalidArgumentError } from 'commander';
import { parseSerialNumber } from '../../lib/revocation/serial-number.js';
import { usageError } from '../terminal.js';

/** The app's own limit. */
const MAX_PAGE = 500;

/** @throws {InvalidArgumentError} */
export function parsePageSize(text: string): number {
  const count = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (count < 1 || count > MAX_PAGE)
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${MAX_PAGE}.`);
  return count;
}

/** The text as it is: the app reads every form. @throws {InvalidArgumentError} */
export function parseSerial(text: string): string {
  if (parseSerialNumber(text) === undefined)
    throw new InvalidArgumentError('It must be a serial number in hex, such as 4A0F.');
  return text;
}

/** @throws {InvalidArgumentError} */
export function parseThumbprint(text: string): string {
  if (!/^[0-9a-f]{40}$/i.test(text.replace(/[:\s]/g, '')))
    throw new InvalidArgumentError('It must be a SHA-1 thumbprint: 40 hex digits.');
  return text;
}

/** A day or an instant of UTC, as the app takes them. @throws {InvalidArgumentError} */
export function parseTime(text: string): string {
  const isTime = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?Z)?$/.test(text);
  if (!isTime || Number.isNaN(Date.parse(text)))
    throw new InvalidArgumentError(
      'It must be a date or a UTC time, such as 2026-03-01 or 2026-03-01T10:00Z.',
    );
  return text;
}

/**
 * The app searches by one criterion; two ends of one range count as one.
 * @param given whether each criterion was given, by the options that say it.
 * @throws {CliError} with exit code 2
 */
export function assertOneCriterion(given: Readonly<Record<string, boolean>>): void {
  const [first, second] = Object.keys(given).filter((option) => given[option]);
  if (first !== undefined && second !== undefined)
    throw usageError(`${first} and ${second} do not go together.`, 'Search by one of them.');
}
