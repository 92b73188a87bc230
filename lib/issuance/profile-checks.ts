/** @module The checks that make a configuration a profile. They collect what is wrong, so that all of it is told at once. */
import { isWebUrl } from './web-url.js';

export interface ProfileChecks {
  problem(text: string): void;
  problems(): readonly string[];
  /** A whole number in this range. */
  within(setting: string, value: number, min: number, max: number): number;
  /** One value or more, all of them known. */
  oneOf<T extends string>(setting: string, values: readonly T[], known: readonly T[]): readonly T[];
  /** One OID or more, given by name or in dotted form; each once. */
  oids(setting: string, values: readonly string[], names: ReadonlyMap<string, string>): string[];
  /** Lower case, without `*.` before or a dot after. */
  domains(setting: string, values: readonly string[]): readonly string[];
  webUrls(setting: string, values: readonly string[]): readonly string[];
}

const OID_PATTERN = /^[0-2](?:\.(?:0|[1-9]\d*)){2,}$/;
const DOMAIN_PATTERN = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;

export function createProfileChecks(): ProfileChecks {
  const found: string[] = [];
  const problem = (text: string): void => void found.push(text);
  return {
    problem,
    problems: () => found,
    within(setting, value, min, max) {
      if (!Number.isInteger(value) || value < min || value > max) {
        problem(`${setting} must be a whole number from ${min} to ${max}`);
      }
      return value;
    },
    oneOf(setting, values, known) {
      if (values.length === 0) problem(`${setting} is empty`);
      for (const value of values) if (!known.includes(value)) problem(`${setting} cannot hold ${value}`);
      return Object.freeze([...new Set(values)]);
    },
    oids(setting, values, names) {
      if (values.length === 0) problem(`${setting} is empty`);
      const dotted = values.map((value) => names.get(value) ?? value);
      for (const value of dotted) {
        if (!OID_PATTERN.test(value)) problem(`${setting}: ${value} is neither a known name nor an OID`);
      }
      return [...new Set(dotted)];
    },
    domains(setting, values) {
      const bare = values.map((value) =>
        value
          .trim()
          .toLowerCase()
          .replace(/^\*?\.|\.$/g, ''),
      );
      for (const value of bare) {
        if (!DOMAIN_PATTERN.test(value)) problem(`${setting}: ${value || 'nothing'} is not a domain`);
      }
      return Object.freeze(bare);
    },
    webUrls(setting, values) {
      for (const value of values) {
        if (!isWebUrl(value)) problem(`${setting}: ${value} is not an http or https URL`);
      }
      return Object.freeze([...values]);
    },
  };
}
