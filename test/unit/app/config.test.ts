import { describe, expect, it } from 'vitest';
import { hasApiAudience, loadConfig } from '../../../lib/app/config.js';
import { codeOf, detailOf } from '../../support/error-code.js';

const LOCAL = {
  SKEP_KEYS: 'file',
  SKEP_KEYS_FOLDER: '/keys',
  SKEP_STORAGE_CONNECTION: 'UseDevelopmentStorage=true',
  SKEP_PUBLIC_URL: 'http://ca.example.com/',
};

describe('loadConfig', () => {
  it('gives settings and where devices reach us', () => {
    const { settings, publicUrl } = loadConfig(LOCAL);
    expect(publicUrl).toBe('http://ca.example.com');
    expect(settings.SKEP_KEYS_FOLDER).toBe('/keys');
  });

  it('takes the host name in Azure, over plain HTTP', () => {
    const { SKEP_PUBLIC_URL: _unset, ...rest } = LOCAL;
    expect(loadConfig({ ...rest, WEBSITE_HOSTNAME: 'skep.azurewebsites.net' }).publicUrl).toBe(
      'http://skep.azurewebsites.net',
    );
    expect(loadConfig({ ...LOCAL, WEBSITE_HOSTNAME: 'skep.azurewebsites.net' }).publicUrl).toBe(
      'http://ca.example.com',
    );
  });

  it.each([
    ['SKEP_KEYS_FOLDER', { SKEP_KEYS_FOLDER: undefined }],
    ['SKEP_VAULT_URL', { SKEP_KEYS: 'vault' }],
    ['SKEP_TABLES_URL', { SKEP_STORAGE_CONNECTION: undefined }],
    ['SKEP_BLOBS_URL', { SKEP_STORAGE_CONNECTION: undefined, SKEP_TABLES_URL: 'https://t.example.com' }],
    ['SKEP_PUBLIC_URL', { SKEP_PUBLIC_URL: undefined }],
    ['SKEP_INTUNE_CLIENT_SECRET', { SKEP_INTUNE_CLIENT_ID: 'id', SKEP_TENANT_ID: 'tenant' }],
    ['SKEP_INTUNE_CLIENT_ID', { SKEP_INTUNE_CLIENT_SECRET: 'hunter2' }],
    ['SKEP_TENANT_ID', { SKEP_INTUNE_CLIENT_ID: 'id', SKEP_INTUNE_CLIENT_SECRET: 'hunter2' }],
    ['SKEP_TENANT_ID', { SKEP_API_AUDIENCE: 'api://skep' }],
    ['SKEP_LOG_LEVEL', { SKEP_LOG_LEVEL: 'loud' }],
  ])('refuses what does not fit together, and names %s', (name, changes) => {
    const load = () => loadConfig({ ...LOCAL, ...changes });
    expect(codeOf(load)).toBe('ERR_CONFIG');
    expect(detailOf(load)).toContain(name);
    expect(detailOf(load)).not.toContain('hunter2');
  });

  it('names everything at once', () => {
    const detail = detailOf(() => loadConfig({ SKEP_KEYS: 'file' }));
    for (const name of ['SKEP_KEYS_FOLDER', 'SKEP_TABLES_URL', 'SKEP_PUBLIC_URL'])
      expect(detail).toContain(name);
  });
});

it.each([
  [{}, false],
  [{ SKEP_API_AUDIENCE: '' }, false],
  [{ SKEP_API_AUDIENCE: 'api://skep' }, true],
])('hasApiAudience of %o is %s', (environment, expected) => {
  expect(hasApiAudience(environment)).toBe(expected);
});
