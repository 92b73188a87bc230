/** Attack 15: a shared password next to Intune. It is an endpoint of its own, off until it is set, and opens no other. */
import { describe, expect, it } from 'vitest';
import { CHALLENGE, createBench, intuneEndpoint } from '../../support/scep-bench.js';
import { expectAlert } from '../../support/alert.js';

const TOKEN = Buffer.from('<CertEnrollToken><Data/></CertEnrollToken>').toString('base64');

describe('the static endpoint', () => {
  it('does not exist until it has a challenge', async () => {
    const bench = await createBench({ endpoints: () => [intuneEndpoint()] });
    expect((await bench.ask(bench.build(), 'static')).outcome).toBe('HTTP 404');
  });

  it.each([TOKEN, '', 'secret12', 'secret1234', 'SECRET123', 'secret123 '])(
    'refuses %j',
    async (challenge) => {
      const bench = await createBench();
      expect((await bench.ask(bench.build({ csr: { challenge } }))).outcome).toBe('FAILURE badRequest');
      const code = challenge === '' ? 'ERR_CHALLENGE_MISSING' : 'ERR_CHALLENGE_WRONG';
      expectAlert(bench, code, challenge || CHALLENGE);
      expect(bench.store.records.size).toBe(0);
    },
  );
});

it('one challenge on two endpoints is two claims', async () => {
  const bench = await createBench();
  const message = bench.build();
  expect((await bench.ask(message, 'static')).outcome).toBe('SUCCESS');
  expect((await bench.ask(message, 'intune')).outcome).toBe('SUCCESS');
  expect([...bench.store.records.values()].map(({ endpoint }) => endpoint)).toEqual(['static', 'intune']);
});
