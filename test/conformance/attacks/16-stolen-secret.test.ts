/** Attack 16: a secret of the app in somebody else's hands. There is none: an identity signs in, and settings give none away. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../../dev/project-root.js';
import { compose } from '../../../lib/app/compose.js';
import { loadConfig } from '../../../lib/app/config.js';
import { parseSettings, SETTINGS } from '../../../lib/app/settings.js';

/** What a deployment has to have: names and addresses, nothing that opens anything. */
const DEPLOYED = {
  SKEP_PUBLIC_URL: 'http://skep.example',
  SKEP_VAULT_URL: 'https://skep.vault.azure.net',
  SKEP_TABLES_URL: 'https://skep.table.core.windows.net',
  SKEP_BLOBS_URL: 'https://skep.blob.core.windows.net',
  AZURE_CLIENT_ID: '11111111-2222-3333-4444-555555555555',
};
const SECRETS = Object.entries(SETTINGS).flatMap(([name, row]) => ('secret' in row ? [name] : []));

it('nothing that a deployment needs is a secret', () => {
  expect(Object.keys(DEPLOYED).filter((name) => SECRETS.includes(name))).toEqual([]);
  const lines: string[] = [];
  const app = compose(loadConfig(DEPLOYED), (_level, line) => lines.push(line));
  expect([...app.endpoints.keys()]).toEqual(['intune']);
});

it('every secret that may be set is known as one, and has no default', () => {
  expect(SECRETS).toEqual(
    expect.arrayContaining(['SKEP_INTUNE_CLIENT_SECRET', 'SKEP_STATIC_CHALLENGE', 'SKEP_STORAGE_CONNECTION']),
  );
  const named = Object.keys(SETTINGS).filter((name) => /SECRET|PASS|CHALLENGE$|CONNECTION/.test(name));
  expect(named.filter((name) => !SECRETS.includes(name))).toEqual([]);
  for (const name of SECRETS) expect(SETTINGS[name as keyof typeof SETTINGS]).not.toHaveProperty('default');
});

describe('a setting that is wrong', () => {
  it.each(Object.keys(SETTINGS))('%s is named, and its value is not told', (name) => {
    const value = '\u0000hunter2\u0000';
    const result = parseSettings({ [name]: value });
    if ('problems' in result) expect(result.problems.join()).not.toContain('hunter2');
  });
});

it('the templates give the app an identity, and no secret in clear', () => {
  const template = readFileSync(join(projectRoot(), 'infra', 'modules', 'app.bicep'), 'utf8');
  expect(template).toContain("type: 'UserAssigned'");
  expect(template).not.toMatch(/listKeys\(|AccountKey=/);
});
