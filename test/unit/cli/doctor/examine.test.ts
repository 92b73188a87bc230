import { describe, expect, it } from 'vitest';
import type { Check } from '../../../../cli/doctor/check.js';
import { CHECKS } from '../../../../cli/doctor/checks.js';
import { examine } from '../../../../cli/doctor/examine.js';
import { FAULTS } from '../../../../cli/doctor/faults.js';
import { attention, bad, good, skipped, type Outcome } from '../../../../cli/doctor/outcome.js';
import type { Patient } from '../../../../cli/doctor/patient.js';
import { QUESTIONS, type CheckId } from '../../../../cli/doctor/questions.js';
import { toJson, toText } from '../../../../cli/doctor/report.js';
import { parseTarget } from '../../../../cli/doctor/target.js';
import { WireError } from '../../../../cli/doctor/wire.js';
import pc from 'picocolors';

const check = (id: CheckId, outcome: Outcome | Error, needs: readonly CheckId[] = []): Check => ({
  id,
  needs,
  look() {
    if (outcome instanceof Error) throw outcome;
    return outcome;
  },
});
const run = (...checks: Check[]) => examine({} as Patient, checks);
const FINE = good('asked', 'found');
const REFUSED = bad('no-connection', 'asked', 'ECONNREFUSED');
const STATES = async (...checks: Check[]) => (await run(...checks)).rows.map(({ outcome }) => outcome.state);

describe('an examination', () => {
  it('is green when nothing is wrong, whatever does not apply', async () => {
    const examination = await run(check('dns', skipped('an address')), check('tcp', FINE, ['dns']));
    expect(examination).toMatchObject({ verdict: 'green', rows: [{}, { outcome: { state: 'good' } }] });
    expect(examination.next).toBeUndefined();
  });

  it('leaves out what a bad check makes pointless, and names the first cause', async () => {
    const { rows, verdict, next } = await run(
      check('tcp', REFUSED),
      check('tls', FINE, ['tcp']),
      check('path', FINE, ['tls']),
      check('clock', FINE),
    );
    expect(rows.map(({ outcome }) => outcome.state)).toEqual(['bad', 'blocked', 'blocked', 'good']);
    expect(rows[2]?.outcome).toMatchObject({ because: 'tcp comes first' });
    expect([verdict, next?.id]).toEqual(['broken', 'tcp']);
  });

  it('puts what is broken before what only needs attention', async () => {
    const warned = check('ca-certificate', attention('ca-ends-soon', 'a', 'f'));
    expect((await run(warned, check('crl', bad('crl-stale', 'a', 'f')))).next?.id).toBe('crl');
    expect(await run(warned, check('crl', FINE, ['ca-certificate']))).toMatchObject({
      verdict: 'attention',
      next: { id: 'ca-certificate' },
      rows: [{}, { outcome: { state: 'good' } }],
    });
  });

  it('takes a broken connection for a finding, and a fault of its own for none', async () => {
    const { next } = await run(check('crl', new WireError('ETIMEDOUT')));
    expect(next).toMatchObject({ id: 'crl', outcome: { fault: 'answer-lost', hresult: 0x80072ee2 } });
    await expect(run(check('crl', new Error('a fault')))).rejects.toThrow('a fault');
  });

  it('goes on with other checks after a bad one that they do not need', async () => {
    expect(await STATES(check('ocsp', bad('ocsp-wrong', 'a', 'f')), check('crl', FINE))).toEqual([
      'bad',
      'good',
    ]);
  });
});

describe('the tables', () => {
  it('hold each question once, in the order of the checks, and each need before its check', () => {
    const ids = CHECKS.map(({ id }) => id);
    expect(ids).toEqual(Object.keys(QUESTIONS));
    for (const { id, needs } of CHECKS)
      for (const need of needs) expect([id, ids.indexOf(need) < ids.indexOf(id)]).toEqual([id, true]);
  });

  it('have a fault for each check', () => {
    const found = new Set<string>(Object.values(FAULTS).map((row) => row.check));
    // These share the faults of the check for Windows, or of the first one that looks at the same thing.
    const shared = ['request-android', 'enroll-android', 'enroll-apple', 'issued-crl'];
    expect(Object.keys(QUESTIONS).filter((id) => !found.has(id))).toEqual(shared);
  });
});

describe('the report', () => {
  const target = parseTarget('https://skep.example');
  const colors = pc.createColors(false);

  it('begins with the one thing to do, and never lets a server write control characters', async () => {
    const examination = await run(
      check('redirect', bad('redirected', 'GET', 'HTTP 302 to \u001B[2Jx', { hresult: 0x8019012e })),
      check('path', FINE, ['redirect']),
    );
    const text = toText(examination, target, { colors, verbose: false });
    expect(text).toMatch(/^Broken: /);
    expect(text).toContain('shows 0x8019012E');
    expect(text).not.toContain('\u001B');
    expect(text).toContain('not looked at, since something else comes first: path');
    expect(toText(examination, target, { colors, verbose: true })).toContain('redirect comes first');
    expect(toJson(examination, target)).toMatchObject({
      status: 'broken',
      next: { id: 'redirect', hresult: '0x8019012E', fault: 'redirected' },
      checks: [{ state: 'bad' }, { state: 'blocked' }],
    });
  });

  it('is one line when green, then the list', async () => {
    const text = toText(await run(check('tcp', FINE)), target, { colors, verbose: true });
    expect(text).toMatch(/^Green: https:\/\/skep\.example\/certsrv.* \(1 good/);
    expect(text).toContain('asked: asked');
  });
});
