import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { assertAnnounced, assertFollows, type NextCaWishes } from '../../../../cli/ca/contradictions.js';
import { CliError } from '../../../../cli/terminal.js';
import type { CaRecord } from '../../../../lib/keys/ca-certificates.js';
import { createRoot, replaceCa } from '../../../../lib/keys/ca-life.js';
import { createLocalSigner } from '../../../../lib/keys/local-key.js';
import { runSkep } from '../run-cli.js';

const clock = { now: () => new Date('2026-02-28T12:00:00Z') };
const createKey = () => createLocalSigner(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
const key = createKey();

const root = (subject: string, years: number, signer = key): Promise<CaRecord> =>
  createRoot({
    key: { name: 'skep-ca', version: '1', signer },
    subject,
    years,
    mode: 'ra',
    clock,
    random: (length) => randomBytes(length),
  });

function refusalOf<A extends unknown[]>(assert: (...args: A) => void, ...args: A): CliError | undefined {
  try {
    assert(...args);
    return undefined;
  } catch (thrown) {
    if (thrown instanceof CliError) return thrown;
    throw thrown;
  }
}

describe('once a next CA is announced', () => {
  it.each([1, 2, 10, 29, 30])(
    'its own name, its %i years and its key may be asked for again',
    async (years) => {
      const next = await root('CN=Next,O=Contoso', years);
      const wishes: NextCaWishes[] = [
        {},
        { subject: 'CN=Next,O=Contoso' },
        { years },
        { keyName: 'skep-ca' },
        { subject: 'CN=Next,O=Contoso', years, keyName: 'skep-ca' },
      ];
      for (const wish of wishes) expect(refusalOf(assertAnnounced, next, wish)).toBeUndefined();
      for (const other of [years - 1, years + 1])
        expect(refusalOf(assertAnnounced, next, { years: other })?.code).toBe('ERR_USAGE');
    },
  );

  it.each([
    [{ subject: 'CN=Other' }, 'not as --subject would have it'],
    [{ years: 9 }, 'not as --years would have it'],
    [{ keyName: 'other' }, 'not as --key would have it'],
    [{ subject: 'CN=Other', years: 9, keyName: 'skep-ca' }, 'not as --subject and --years would have it'],
  ] as const)('%o is refused, and the next step is named', async (wishes, said) => {
    const next = await root('CN=Next', 10);
    expect(refusalOf(assertAnnounced, next, wishes)).toMatchObject({
      exitCode: 2,
      code: 'ERR_USAGE',
      message: expect.stringContaining(said) as string,
      next: expect.stringContaining('`skep ca rollover --cancel` first') as string,
    });
  });
});

describe('a day to take over on', () => {
  it('is for a CA with another key, of the same name or another', async () => {
    const set = replaceCa(await root('CN=One', 10));
    const others = await Promise.all([root('CN=One', 10, createKey()), root('CN=Two', 10, createKey())]);
    for (const other of others) expect(refusalOf(assertFollows, other, set)).toBeUndefined();
  });

  it('is refused for another name of the same key, whose CRLs would replace each other', async () => {
    const set = replaceCa(await root('CN=One', 10));
    expect(refusalOf(assertFollows, await root('CN=Two', 10), set)).toMatchObject({
      exitCode: 2,
      code: 'ERR_USAGE',
      message: expect.stringContaining('another name for the key') as string,
      next: expect.stringContaining('skep ca csr --create-key') as string,
    });
  });

  it('is refused for the present CA’s certificate, renewed or not', async () => {
    const present = await root('CN=One', 10);
    for (const record of [present, await root('CN=One', 20)]) {
      expect(refusalOf(assertFollows, record, replaceCa(present))).toMatchObject({
        exitCode: 2,
        code: 'ERR_USAGE',
        message: expect.stringContaining('takes no cut-over') as string,
        next: expect.stringContaining('leave --cut-over out') as string,
      });
    }
  });

  it('is refused where there is no CA to follow', async () => {
    const first = await root('CN=One', 10);
    expect(refusalOf(assertFollows, first, undefined)).toMatchObject({ exitCode: 2, code: 'ERR_USAGE' });
  });
});

describe('what cannot be meant is refused before anything is reached', () => {
  it.each([
    [['rollover', '--cancel', '--subject', 'CN=Other'], '--cancel only takes the announcement back'],
    [['rollover', '--cancel', '--create-key'], '--cancel only takes the announcement back'],
    [['rollover', '--cancel', '--years', '5'], '--cancel only takes the announcement back'],
    [['rollover', '--cancel', '--cut-over', '2099-01-01'], '--cancel only takes the announcement back'],
    [['install', 'x.pem', '--replace', '--cut-over', '2099-01-01'], '--replace is at once'],
  ])('%j', async (args, said) => {
    const { exitCode, err } = await runSkep(['ca', ...args]);
    expect(exitCode).toBe(2);
    expect(err).toContain(said);
  });
});
