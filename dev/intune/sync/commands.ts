/** @module OMA DM commands as values: node paths, formats and order. Whoever wants SyncML renders them. */
import { formatSubject } from '../challenge/subject.js';
import type { MintedChallenge } from '../challenge/mint.js';
import type { AlternativeName, AlternativeNameType, ScepProfile } from '../model.js';

type Format = 'node' | 'chr' | 'int' | 'null';

/** Adds a node or leaf; a Replace may stand in for it where the node is already there. */
interface WriteCommand {
  readonly verb: 'Add' | 'Replace';
  readonly target: string;
  readonly format: Format;
  /** Absent for a node. */
  readonly data?: string;
}

export type Command =
  | WriteCommand
  | { readonly verb: 'Get'; readonly target: string }
  | { readonly verb: 'Delete'; readonly target: string }
  | { readonly verb: 'Exec'; readonly target: string; readonly format: 'null' }
  | {
      readonly verb: 'Atomic';
      readonly uniqueId: string;
      readonly requestId: string;
      /** All or nothing, in this order; the Exec is the last. */
      readonly commands: readonly Command[];
    };

export const scepNode = (type: ScepProfile['type'], uniqueId: string): string =>
  `./${type === 'device' ? 'Device' : 'User'}/Vendor/MSFT/ClientCertificateInstall/SCEP/${uniqueId}`;

/** Intune's node cache, under its ProviderID. */
export const NODE_CACHE = './Device/Vendor/MSFT/NodeCache/MS DM Server';

/** AlternativeNameType of certenroll, as the CSP writes it. */
const NAME_TYPES = { rfc822: 2, dns: 3, uri: 7, ip: 8, upn: 11 } as const satisfies Record<
  AlternativeNameType,
  number
>;

const formatNames = (names: readonly AlternativeName[]) =>
  names.map(({ type, value }) => `${NAME_TYPES[type]}+${value}`).join(';');

type Leaf = readonly [name: string, format: 'chr' | 'int', data: string | number];

/** The leaves below Install in Microsoft's order; those without a value are left out. */
function listLeaves(profile: ScepProfile, { request, challenge }: MintedChallenge): Leaf[] {
  const { expectation } = request;
  const { registeredKeyIds, validity, alternativeNames } = expectation;
  return [
    ['RetryCount', 'int', profile.retryCount],
    ['RetryDelay', 'int', profile.retryDelayMinutes],
    ['KeyUsage', 'int', expectation.keyUsage],
    ['KeyLength', 'int', expectation.keyLength],
    ['HashAlgorithm', 'chr', profile.hashAlgorithms.join('+')],
    ['SubjectName', 'chr', formatSubject(expectation.subject)],
    ...(alternativeNames.length > 0
      ? [['SubjectAlternativeNames', 'chr', formatNames(alternativeNames)] as const]
      : []),
    ['ValidPeriod', 'chr', validity.unit],
    ['ValidPeriodUnits', 'int', validity.count],
    ['EKUMapping', 'chr', expectation.extendedKeyUsages.join('+')],
    ['KeyProtection', 'int', profile.keyProtection],
    ...(registeredKeyIds === null
      ? []
      : [['AADKeyIdentifierList', 'chr', registeredKeyIds.join(';')] as const]),
    ['ServerURL', 'chr', profile.serverUrls.join(';')],
    ['Challenge', 'chr', challenge],
    ['CAThumbprint', 'chr', profile.caThumbprint],
  ];
}

/**
 * One certificate request. On a node that the device already has, its leaves are replaced: the certificate in it must
 * stay until the new one is there.
 */
export function createAtomic(profile: ScepProfile, minted: MintedChallenge, nodeExists: boolean): Command {
  const { uniqueId, requestId } = minted.request;
  const node = scepNode(profile.type, uniqueId);
  const verb = nodeExists ? 'Replace' : 'Add';
  const leaves = listLeaves(profile, minted).map(([name, format, data]): Command => ({
    verb,
    target: `${node}/Install/${name}`,
    format,
    data: String(data),
  }));
  return {
    verb: 'Atomic',
    uniqueId,
    requestId,
    commands: [
      ...(nodeExists ? [] : [{ verb: 'Add', target: node, format: 'node' } as const]),
      ...leaves,
      { verb: 'Exec', target: `${node}/Install/Enroll`, format: 'null' },
    ],
  };
}

/** What a session opens with: is the cache still the one we know, and what changed. */
export const CACHE_QUESTIONS: readonly Command[] = [
  { verb: 'Get', target: `${NODE_CACHE}/CacheVersion` },
  { verb: 'Get', target: `${NODE_CACHE}/ChangedNodes` },
];

/** Brings the device's node cache from `before` to `after` (values by node id) and ends with the new version. */
export function createCacheUpdate(
  uriOf: (nodeId: string) => string,
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
  version: number,
): Command[] {
  const commands: Command[] = [];
  for (const [nodeId, value] of Object.entries(after)) {
    const entry = `${NODE_CACHE}/Nodes/${nodeId}`;
    const expected = { target: `${entry}/ExpectedValue`, format: 'chr', data: value } as const;
    if (!(nodeId in before)) {
      commands.push(
        { verb: 'Add', target: entry, format: 'node' },
        {
          verb: 'Add',
          target: `${entry}/NodeURI`,
          format: 'chr',
          data: uriOf(nodeId),
        },
        { verb: 'Add', ...expected },
      );
    } else if (before[nodeId] !== value) commands.push({ verb: 'Replace', ...expected });
  }
  for (const nodeId of Object.keys(before)) {
    if (!(nodeId in after)) commands.push({ verb: 'Delete', target: `${NODE_CACHE}/Nodes/${nodeId}` });
  }
  if (commands.length > 0)
    commands.push({
      verb: 'Replace',
      target: `${NODE_CACHE}/CacheVersion`,
      format: 'chr',
      data: String(version),
    });
  return commands;
}
