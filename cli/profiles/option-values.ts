/** @module Values of the options of `skep profiles`; what is wrong with one is wrong usage. */
import { InvalidArgumentError } from 'commander';
import { KINDS, PLATFORM_NAMES, type Kind, type PlatformName } from './platforms.js';
import type { Validity } from './values.js';

const ANDROID: readonly string[] = PLATFORM_NAMES.filter((name) => name.startsWith('android-'));

export const parsePlatforms = (text: string): readonly PlatformName[] =>
  choose(
    parseList(text).flatMap((name) => (name === 'android' ? ANDROID : [name])),
    PLATFORM_NAMES,
  );

export const parseKinds = (text: string): readonly Kind[] => choose(parseList(text), KINDS);

/** @returns the chosen ones in the order of all. @throws {InvalidArgumentError} */
function choose<Name extends string>(chosen: readonly string[], all: readonly Name[]): readonly Name[] {
  const stranger = chosen.find((name) => !(all as readonly string[]).includes(name));
  if (stranger === undefined) return all.filter((name) => chosen.includes(name));
  throw new InvalidArgumentError(`There is no "${stranger}"; there are ${all.join(', ')}.`);
}

export const parseServers = (text: string): readonly string[] => parseList(text);

/** One or more, none empty. */
function parseList(text: string): readonly string[] {
  const items = text.split(',').map((item) => item.trim());
  if (items.every((item) => item !== '')) return items;
  throw new InvalidArgumentError('Give one or more, separated by commas.');
}

const SCALES = { y: 'years', m: 'months', d: 'days' } as const;

export function parseValidity(text: string): Validity {
  const [, value, unit] = /^([1-9]\d{0,3})([ymd])$/.exec(text) ?? [];
  if (value && unit) return { value: Number(value), scale: SCALES[unit as keyof typeof SCALES] };
  throw new InvalidArgumentError('Write it as 1y, 18m or 400d.');
}

export function parsePercent(text: string): number {
  const percent = Number(text);
  if (/^\d{1,2}$/.test(text) && percent >= 1) return percent;
  throw new InvalidArgumentError('It must be a whole number from 1 to 99.');
}

export const parsePrefix = (text: string): string => parseLine(text, 64);

/** IEEE 802.11 allows 32 octets. */
export function parseSsid(text: string): string {
  if (Buffer.byteLength(text) <= 32) return parseLine(text, 32);
  throw new InvalidArgumentError('A network name has at most 32 octets.');
}

function parseLine(text: string, maxLength: number): string {
  if (text.trim() !== '' && text.length <= maxLength && !/\p{Cc}/u.test(text)) return text;
  throw new InvalidArgumentError(`It must be one line of 1 to ${maxLength} characters.`);
}

export function parseEndpoint(text: string): string {
  if (/^[a-z][a-z0-9-]{0,31}$/.test(text)) return text;
  throw new InvalidArgumentError('It must be a name as in SKEP_ENDPOINTS.');
}
