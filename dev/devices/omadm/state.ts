/** @module What a device would tell of itself: its SCEP nodes, in one piece. */
import type { CertificateStore } from './certificate-store.js';
import type { EndOfLife } from './lifecycle-csp.js';
import { scepKey, type Scope } from './paths.js';
import type { Registry } from './registry.js';
import type { ManagementTree } from './tree.js';

export interface NodeState {
  readonly scope: Scope;
  /** Empty while there is no usable certificate. */
  readonly thumbprint: string;
  readonly status: number;
  /** HRESULT, signed as MDM has it. */
  readonly errorCode: number;
  readonly respondentServerUrl: string;
}

export interface ClientState {
  readonly management: 'enrolled' | EndOfLife;
  /** By UniqueID. */
  readonly nodes: Readonly<Record<string, NodeState>>;
}

export interface StateSource {
  readonly registry: Registry;
  readonly certificates: CertificateStore;
  readonly tree: ManagementTree;
  readonly scopes: readonly Scope[];
  readonly ended: () => EndOfLife | undefined;
}

export function readClientState({ registry, tree, scopes, ended }: StateSource): ClientState {
  const nodes = scopes.flatMap((scope) =>
    registry.subkeys(scepKey(scope)).map((uniqueId): [string, NodeState] => {
      const read = (leaf: string) =>
        tree.execute('Get', `./${scope}/Vendor/MSFT/ClientCertificateInstall/SCEP/${uniqueId}/${leaf}`).value
          ?.data ?? '';
      return [
        uniqueId,
        {
          scope,
          thumbprint: read('CertThumbprint'),
          status: Number(read('Status')),
          errorCode: Number(read('ErrorCode')),
          respondentServerUrl: read('RespondentServerUrl'),
        },
      ];
    }),
  );
  return { management: ended() ?? 'enrolled', nodes: Object.fromEntries(nodes) };
}
