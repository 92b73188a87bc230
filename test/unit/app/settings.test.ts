import { describe, expect, it } from 'vitest';
import { parseSettings, SETTINGS, type SettingName, type Settings } from '../../../lib/app/settings.js';

type Row = { readonly default?: string; readonly about: string; readonly secret?: true };
const ROWS = Object.entries(SETTINGS) as [SettingName, Row][];

function parsed(environment: Record<string, string | undefined>): Settings {
  const result = parseSettings(environment);
  if ('problems' in result) throw new Error(result.problems.join('; '));
  return result.settings;
}

function problemsOf(environment: Record<string, string>): readonly string[] {
  const result = parseSettings(environment);
  return 'problems' in result ? result.problems : [];
}

describe('the table', () => {
  it.each(ROWS)('%s has a sentence, and a default that is valid', (name, row) => {
    expect(row.about).toMatch(/^[`A-Z].*\.$/s);
    if (row.default !== undefined) expect(problemsOf({ [name]: row.default })).toEqual([]);
  });

  it('calls secret what is one', () => {
    const secret = ROWS.filter(([, row]) => row.secret).map(([name]) => name);
    expect(secret.sort()).toEqual([
      'SKEP_ENDPOINTS',
      'SKEP_INTUNE_CLIENT_SECRET',
      'SKEP_KEYS_PASSPHRASE',
      'SKEP_STATIC_CHALLENGE',
      'SKEP_STORAGE_CONNECTION',
    ]);
  });
});

describe('parseSettings', () => {
  it('has a value for everything with a default, and nothing for the rest', () => {
    const settings = parsed({});
    for (const [name, row] of ROWS) {
      expect(settings[name] !== undefined, name).toBe(row.default !== undefined);
    }
  });

  it('takes an empty text for none', () => {
    expect(parsed({ SKEP_VALIDITY_DAYS: '', SKEP_STATIC_CHALLENGE: '' })).toEqual(parsed({}));
  });

  it.each([
    ['SKEP_VALIDITY_DAYS', '30', 30],
    ['SKEP_INTUNE', 'false', false],
    ['SKEP_STATIC_LEGACY', 'true', true],
    ['SKEP_PUBLIC_URL', 'http://ca.example.com//', 'http://ca.example.com'],
    ['SKEP_PROTECTED_DOMAINS', 'a.example, b.example;c.example', ['a.example', 'b.example', 'c.example']],
    ['SKEP_LOG_LEVEL', 'debug', 'debug'],
  ] as const)('%s=%s', (name, text, value) => {
    expect(parsed({ [name]: text })[name]).toEqual(value);
  });

  it.each([
    ['SKEP_VALIDITY_DAYS', '0'],
    ['SKEP_VALIDITY_DAYS', '3651'],
    ['SKEP_VALIDITY_DAYS', '1.5'],
    ['SKEP_VALIDITY_DAYS', '-1'],
    ['SKEP_VALIDITY_DAYS', '1e3'],
    ['SKEP_VALIDITY_DAYS', ' '],
    ['SKEP_MAX_BODY_BYTES', '10000000'],
    ['SKEP_INTUNE', 'yes'],
    ['SKEP_INTUNE', 'TRUE'],
    ['SKEP_SCEP_MODE', 'RA'],
    ['SKEP_CHALLENGE_OTHER_KEY', 'allow'],
    ['SKEP_PUBLIC_URL', 'ca.example.com'],
    ['SKEP_STATIC_CHALLENGE', '   '],
  ])('refuses %s=%j by name', (name, text) => {
    expect(problemsOf({ [name]: text })).toEqual([expect.stringMatching(new RegExp(`^${name} is `))]);
  });

  it('tells everything that is wrong at once, and never a value', () => {
    const problems = problemsOf({
      SKEP_INTUNE: 'hunter2',
      SKEP_VALIDITY_DAYS: 'hunter2',
      SKEP_PUBLIC_URL: 'hunter2',
    });
    expect(problems).toHaveLength(3);
    expect(problems.join()).not.toContain('hunter2');
  });
});
