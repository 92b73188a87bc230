/** Java's own OCSP client, which asks by GET. */
import { execFile, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../lib/base/log.js';
import { createOcspHandler } from '../../lib/http/ocsp.js';
import { createOcspResponder } from '../../lib/revocation/ocsp-responder.js';
import { createResponderKeys } from '../../lib/revocation/responder-key.js';
import { createMemoryStore } from '../../dev/memory-store.js';
import { temporaryFolder } from '../support/openssl.js';
import { serve } from '../support/serve.js';
import { testAuthority, toPem } from '../support/test-authority.js';
import { createTestClock, deliver, reserve, revoke } from '../unit/revocation/fixtures.js';

const run = promisify(execFile);
const program = fileURLToPath(new URL('OcspCheck.java', import.meta.url));
const major = Number(
  /version "(\d+)/.exec(spawnSync('java', ['-version'], { encoding: 'utf8' }).stderr)?.[1] ?? 0,
);

describe.skipIf(major < 17).each(['rsa', 'ec'] as const)('Java and an %s CA', (kind) => {
  it('agree about good, revoked and unknown certificates', async () => {
    const ca = await testAuthority(kind);
    const store = createMemoryStore();
    const clock = createTestClock();
    const logger = silentLogger;
    const responderKeys = createResponderKeys({ clock, logger, random: randomBytes });
    const responder = createOcspResponder({
      authority: ca.source,
      certificates: store,
      responderKeys,
      clock,
      logger,
    });
    const handle = createOcspHandler(responder, clock);
    const methods = new Set<string>();
    const url = await serve((request) => {
      methods.add(request.method);
      return handle(request);
    });
    const folder = temporaryFolder();
    const [caPath, leafPath] = [join(folder, 'ca.pem'), join(folder, 'leaf.pem')];
    writeFileSync(caPath, ca.caPem);
    const rows = [await deliver(store, ca), await revoke(store, ca), await reserve(store, ca)];
    const verdicts: string[] = [];
    for (const { certificate } of rows) {
      writeFileSync(leafPath, toPem('CERTIFICATE', certificate));
      verdicts.push((await run('java', [program, caPath, leafPath, `${url}/ocsp`])).stdout);
    }
    expect(verdicts[0]).toBe('VALID\n');
    expect(verdicts[1]).toMatch(/^REVOKED: .*KEY_COMPROMISE/);
    expect(verdicts[2]).toMatch(/^UNDETERMINED_REVOCATION_STATUS: /);
    expect([...methods]).toEqual(['GET']);
  });
});
