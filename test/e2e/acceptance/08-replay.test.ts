/** Scenario 8: replay: same key idempotent, other key refused and alerted. */
import { expect, it } from 'vitest';
import type { Fetch } from '../../../dev/scep-client/index.js';
import { useWorld, type World } from './world.js';

const world = useWorld();

/** Enrolls a device on a line that drops the first answer of the CA when asked to. */
async function enrollThrice({ addDevice, ca }: World, sameKey: boolean) {
  const posts: { readonly status: number; readonly body: Uint8Array }[] = [];
  let losses = 2;
  const line: Fetch = async (url, init) => {
    const answer = await ca.fetch(url, init);
    if (init.method !== 'POST') return answer;
    posts.push({ status: answer.status, body: new Uint8Array(await answer.clone().arrayBuffer()) });
    return losses-- > 0 ? new Response('lost', { status: 502 }) : answer;
  };
  const { client } = addDevice({}, { fetch: line, ...(sameKey ? { key: await theKey() } : {}) });
  await client.sync();
  const [result] = await client.runTasks();
  return { client, result, posts };
}

async function theKey() {
  const { DEVICE_KEY } = await import('../../support/scep-bench.js');
  return DEVICE_KEY;
}

it('same key: the same certificate again, and nothing else is issued', async () => {
  const scene = world();
  const { result, posts } = await enrollThrice(scene, true);
  expect(posts.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(result).toMatchObject({ status: 1, attempts: 3 });
  expect(scene.states()).toEqual(['delivered']);
  expect(scene.journal.map(({ outcome }) => outcome)).toEqual(['issued', 'repeated', 'repeated']);
  const [record] = [...scene.ca.store.records.values()];
  expect(result?.thumbprint).toBe(record?.thumbprint);
});

it('other key: refused, with an alert, and the first certificate stays the only one', async () => {
  const scene = world();
  const { result } = await enrollThrice(scene, false);
  expect(result).toMatchObject({ status: 16, attempts: 3 });
  expect(scene.states()).toEqual(['delivered']);
  expect(scene.journal.map(({ outcome, code }) => [outcome, code])).toEqual([
    ['issued', undefined],
    ['refused', 'ERR_CHALLENGE_REUSED'],
    ['refused', 'ERR_CHALLENGE_REUSED'],
  ]);
  const alerts = scene.lines.filter((line) => line.includes('ERR_CHALLENGE_REUSED'));
  expect(alerts).toHaveLength(2);
  expect(alerts.every((line) => line.startsWith('warn '))).toBe(true);
});
