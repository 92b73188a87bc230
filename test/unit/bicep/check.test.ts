import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../../dev/project-root.js';
import { checkTemplates } from '../../../infra/check/check.js';
import type { Fault } from '../../../infra/check/fault.js';
import { readSchemas, readTemplates } from '../../../infra/check/files.js';
import { createParser } from '../../../infra/check/syntax.js';
import { SEEDED_FAULTS } from './faults.js';

const infra = join(projectRoot(), 'infra');
let templates: ReadonlyMap<string, string>;
let check: (files: ReadonlyMap<string, string>) => Fault[];

beforeAll(async () => {
  const [schemas, parse] = await Promise.all([readSchemas(infra), createParser()]);
  templates = await readTemplates(infra);
  check = (files) => checkTemplates(files, schemas, parse);
});

it('finds nothing wrong with the templates', () => {
  expect(check(templates)).toEqual([]);
});

describe('finds', () => {
  it.each(SEEDED_FAULTS)('$code: $slip', ({ file, from, to, code }) => {
    const text = templates.get(file) ?? '';
    expect(text.split(from), 'the text to change occurs once').toHaveLength(2);
    const faults = check(new Map([...templates, [file, text.replace(from, () => to)]]));
    expect(faults.map((fault) => fault.code)).toContain(code);
  });
});

it('knows only API versions that are exact, and says so', () => {
  const faults = check(
    new Map([
      ...templates,
      [
        'modules/roles.bicep',
        (templates.get('modules/roles.bicep') ?? '').replaceAll('@2022-04-01', '@2022-04'),
      ],
    ]),
  );
  expect(faults.filter(({ code }) => code === 'api-version')).toHaveLength(10);
});

it('names file and line', () => {
  const text = templates.get('modules/app.bicep') ?? '';
  const line = text.split('\n').findIndex((one) => one.includes('clientCertEnabled')) + 1;
  const changed = text.replace('clientCertEnabled: false', 'clientCertEnable: false');
  const faults = check(new Map([...templates, ['modules/app.bicep', changed]]));
  expect(faults).toContainEqual({
    code: 'unknown-property',
    file: 'modules/app.bicep',
    line,
    message: 'there is no property clientCertEnable',
  });
});

it('keeps the licence of the type data beside it', async () => {
  const data = JSON.parse(await readFile(join(infra, 'check/types/azure.json'), 'utf8')) as {
    licence: string[];
  };
  expect(data.licence[0]).toBe('MIT License');
});
