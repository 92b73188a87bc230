import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startLocalCloud } from '../../../dev/local-cloud.js';

it('the local cloud comes up with SKEP_HTTPS_ONLY, and refuses plain HTTP then', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'skep-https-only-'));
  try {
    const environment = { SKEP_HTTPS_ONLY: 'true' };
    const cloud = await startLocalCloud({
      port: 0,
      simulatorPort: 0,
      dataDir,
      environment,
      log: () => undefined,
    });
    try {
      expect((await fetch(cloud.ready.health)).status).toBe(403);
      const overHttps = { headers: { 'x-forwarded-proto': 'https' } };
      expect((await fetch(cloud.ready.health, overHttps)).status).toBe(200);
    } finally {
      await cloud.close();
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
});
