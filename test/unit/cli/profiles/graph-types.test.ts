import { describe, expect, it } from 'vitest';
import { createDrafts } from '../../../../cli/profiles/drafts.js';
import { toPayload } from '../../../../cli/profiles/draft.js';
import { CONFIGURATION_TYPES } from '../../../../dev/intune/graph/configuration-types.js';
import { readGraphDeclarations, type DeclaredMember } from './graph-declarations.js';
import { ISSUER, MIDDLE, RADIUS_ROOT, requestFor, ROOT, WIFI } from './request.js';

const graph = readGraphDeclarations();
const drafts = createDrafts(
  requestFor({ chain: [ISSUER, MIDDLE, ROOT], wifi: { ...WIFI, radiusRoot: RADIUS_ROOT } }),
);
const typeOf = new Map(drafts.map(({ key, type }) => [key, type]));

/** Fails with the member's name where Microsoft declares it otherwise. */
function expectDeclared(value: unknown, { type, isList }: DeclaredMember, member: string): void {
  expect(Array.isArray(value), `${member} is a list`).toBe(isList);
  for (const item of [value].flat()) {
    const values = graph.valuesOf(type);
    if (values) {
      // Some enumerations are sets of flags, which the declarations do not tell.
      for (const flag of String(item).split(',')) expect(values, member).toContain(flag);
    } else if (typeof item === 'object' && item !== null) {
      for (const [name, part] of Object.entries(item)) {
        const declared = graph.membersOf(type).get(name);
        expect(declared, `${member}.${name}`).toBeDefined();
        if (declared) expectDeclared(part, declared, `${member}.${name}`);
      }
    } else expect(typeof item, member).toBe(type);
  }
}

describe('as Microsoft declares the types of Graph', () => {
  it.each(drafts.map((draft) => [draft.key, draft] as const))('%s', (_key, draft) => {
    const declared = graph.membersOf(draft.type);
    for (const [name, value] of Object.entries(toPayload(draft, (key) => key))) {
      if (name.includes('@odata.')) continue;
      const member = declared.get(name);
      expect(member, name).toBeDefined();
      if (member) expectDeclared(value, member, name);
    }
    for (const { member, isList, to } of draft.references) {
      const relation = declared.get(member);
      expect(relation?.isList, member).toBe(isList);
      expect(graph.isA(typeOf.get(to) ?? '', relation?.type ?? ''), `${member} refers to ${to}`).toBe(true);
    }
  });

  it.each(Object.entries(CONFIGURATION_TYPES))(
    'the simulator asks for: %s',
    (type, { schema, relations }) => {
      const declared = graph.membersOf(type);
      const members = Object.keys((schema as unknown as { entries: object }).entries);
      expect([...members, ...Object.keys(relations)].filter((name) => !declared.has(name))).toEqual([]);
      for (const [member, { isList }] of Object.entries(relations))
        expect(declared.get(member)?.isList, member).toBe(isList);
    },
  );

  it('knows what Graph does not have', () => {
    expect(() => graph.membersOf('windows12SCEPCertificateProfile')).toThrow('Graph has no type');
    expect(graph.membersOf('iosScepCertificateProfile').has('hashAlgorithm')).toBe(false);
    expect(graph.valuesOf('KeySize')).toEqual(['size1024', 'size2048', 'size4096']);
  });
});
