import { XMLParser } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import { encodeAppleProfile } from '../../../lib/http/apple-profile.js';
import { issueLeaf, testAuthority } from '../../support/test-authority.js';

const { authority } = await testAuthority('ec');
const root = authority.issuer.certificate;
/** Any certificate that another one issued will do as an issuing CA below a root. */
const below = await issueLeaf(authority.issuer, { subject: 'CN=Issuing <CA> & Sons' });

interface Node {
  readonly [tag: string]: readonly Node[];
}

/** A property list as somebody else's reader of XML has it: keys and values take turns. */
function readProfile(xml: string): Record<string, unknown> {
  const nodes = new XMLParser({ preserveOrder: true }).parse(xml) as Node[];
  const plist = nodes.find((node) => 'plist' in node)?.['plist'];
  return readDictionary(plist?.[0]?.['dict'] ?? []);
}

function readDictionary(nodes: readonly Node[]): Record<string, unknown> {
  const members: [string, unknown][] = [];
  for (let i = 0; i < nodes.length; i += 2) {
    members.push([textOf(nodes[i]?.['key']), readValue(nodes[i + 1] ?? {})]);
  }
  return Object.fromEntries(members);
}

function readValue(node: Node): unknown {
  if (node['array']) return node['array'].map((item) => readDictionary(item['dict'] ?? []));
  if (node['data']) return Buffer.from(textOf(node['data']), 'base64');
  if (node['integer']) return Number(textOf(node['integer']));
  return textOf(node['string']);
}

function textOf(nodes: readonly Node[] | undefined): string {
  const [first] = (nodes ?? []) as readonly { readonly '#text'?: string | number }[];
  return (first?.['#text'] ?? '').toString();
}

const UUID = /^[0-9A-F]{8}-[0-9A-F]{4}-8[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}$/;

describe('the profile for Apple devices', () => {
  const profile = readProfile(encodeAppleProfile([below, root]));
  const payloads = profile['PayloadContent'] as Record<string, unknown>[];

  it('holds the chain, the root as one and the rest as certificates', () => {
    expect(payloads.map(({ PayloadType: type }) => type)).toEqual([
      'com.apple.security.pkcs1',
      'com.apple.security.root',
    ]);
    expect(payloads.map(({ PayloadContent: content }) => content)).toEqual([
      Buffer.from(below),
      Buffer.from(root),
    ]);
  });

  it('has what Apple demands of every payload', () => {
    for (const payload of [profile, ...payloads]) {
      expect(payload['PayloadVersion']).toBe(1);
      expect(payload['PayloadUUID']).toMatch(UUID);
      expect(payload['PayloadIdentifier']).toMatch(/^skep\.(ca|certificate)\.[0-9a-f]{64}$/);
    }
    expect(profile['PayloadType']).toBe('Configuration');
    expect(new Set([profile, ...payloads].map(({ PayloadUUID: uuid }) => uuid)).size).toBe(3);
  });

  it('shows names as they are, whatever is in them', () => {
    expect(profile['PayloadDisplayName']).toBe(String.raw`CN=Issuing \<CA\> & Sons`);
  });

  it('is the same for the same certificates, so that it replaces itself', () => {
    expect(encodeAppleProfile([below, root])).toBe(encodeAppleProfile([below, root]));
    const other = readProfile(encodeAppleProfile([root]));
    expect(other['PayloadUUID']).not.toBe(profile['PayloadUUID']);
  });
});
