import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pc from 'picocolors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../../cli/program.js';
import { useCloud } from './cloud.js';

const CHALLENGE = 'password';
const { cloud, lines } = useCloud({ SKEP_STATIC_CHALLENGE: CHALLENGE });
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skep-manual-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function enroll(challenge: string): Promise<{ exitCode: number; out: string; requests: string[] }> {
  const requests: string[] = [];
  let out = '';
  const exitCode = await runCli(['enroll', '--static', '--subject', 'CN=manual', '--out', folder], {
    out: (text) => (out += text),
    err: (text) => (out += text),
    env: { SKEP_DATA_DIR: dirname(cloud().readyFile), SKEP_CHALLENGE: challenge },
    colors: pc.createColors(false),
    fetch: (url, init) => {
      requests.push(`${init.method ?? 'GET'} ${new URL(url).pathname}${new URL(url).search}`);
      return fetch(url, init);
    },
    progress: () => undefined,
  });
  return { exitCode, out, requests };
}

describe('the manual request', () => {
  it('asks the static endpoint as the script with dmcertinst does, and the server says so once', async () => {
    const { exitCode, out, requests } = await enroll(CHALLENGE);
    expect(out).not.toContain(CHALLENGE);
    expect(exitCode).toBe(0);
    expect(requests.map((request) => request.replace(/&message=.*/, ''))).toEqual([
      'GET /static?operation=GetCACaps',
      'GET /static?operation=GetCACert',
      'POST /static?operation=PKIOperation',
    ]);
    const certificate = new X509Certificate(await readFile(join(folder, 'certificate.pem')));
    expect(certificate.subject).toBe('CN=manual');
    const line = `Issued a certificate with serial number ${certificate.serialNumber}`;
    expect(lines.filter((logged) => logged.includes(line))).toHaveLength(1);
    expect(lines.filter((logged) => logged.includes('Issued a certificate'))).toHaveLength(1);
    expect(lines.join('\n')).not.toContain(`"${CHALLENGE}"`);
  });

  it('gets nothing with another password', async () => {
    const { exitCode } = await enroll('another');
    expect(exitCode).not.toBe(0);
    expect(lines.filter((logged) => logged.includes('Issued a certificate'))).toHaveLength(1);
  });
});
