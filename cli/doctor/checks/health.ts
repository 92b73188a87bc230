/** @module What the app says of itself: to everybody, and to a signed-in caller. */
import * as v from 'valibot';
import type { Check } from '../check.js';
import { attention, bad, good, skipped, type Outcome } from '../outcome.js';
import { Health } from '../../management/answers.js';
import { CliError } from '../../terminal.js';

function judge(health: Health, asked: string, fault: 'unhealthy' | 'rights-missing'): Outcome {
  const { parts, version } = health;
  const broken = parts.find(({ ok }) => !ok);
  const noted = broken ?? parts.find(({ remedy }) => remedy !== undefined);
  if (!noted) {
    const facts = parts.map(({ name, text, detail }) => [`${name}: ${text}`, ...detail].join('; '));
    return good(asked, [`Skep ${version}`, ...facts].join('; '));
  }
  const found = [`${noted.name}: ${noted.text}`, ...noted.detail].join('; ');
  const particulars = { remedy: noted.remedy };
  return broken
    ? bad(fault, asked, found, particulars)
    : attention('health-warning', asked, found, particulars);
}

const health: Check = {
  id: 'health',
  needs: ['redirect'],
  async look({ target, get }) {
    const url = `${target.appUrl}/health`;
    const { body, status } = await get(url);
    const parsed = v.safeParse(Health, parseJson(Buffer.from(body).toString('utf8')));
    if (!parsed.success)
      return skipped(`${url} (HTTP ${status}) is not Skep’s: another server, or a gateway`);
    return judge(parsed.output, `GET ${url}`, 'unhealthy');
  },
};

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const rights: Check = {
  id: 'rights',
  needs: ['redirect'],
  async look({ management, target }) {
    if (!management)
      return skipped('nobody is signed in: --audience shows roles, vault rights and storage in detail');
    const asked = `GET ${target.appUrl}/manage/health, signed in`;
    try {
      return judge(v.parse(Health, await management.get('health')), asked, 'rights-missing');
    } catch (thrown) {
      if (!(thrown instanceof CliError)) throw thrown;
      return attention('rights-unseen', asked, thrown.message, { remedy: thrown.next });
    }
  },
};

export const HEALTH = [health, rights];
