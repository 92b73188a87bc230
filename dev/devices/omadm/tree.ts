/** @module The management tree: finds the CSP behind a node's address. */
import { DM_STATUS } from '../../syncml/status-codes.js';
import type { Item, NodeVerb } from '../../syncml/message.js';
import { outcome, type Csp, type Outcome } from './node.js';
import type { Scope } from './paths.js';

export interface ManagementTree {
  execute(verb: NodeVerb, uri: string, item?: Item): Outcome;
}

/** @param scopes those that this device has; the user's tree is there only when a user is. */
export function createTree(csps: readonly Csp[], scopes: readonly Scope[]): ManagementTree {
  return {
    execute(verb, uri, item = {}) {
      const address = parseUri(uri);
      if (!address || !scopes.includes(address.scope)) return outcome(DM_STATUS.notFound);
      const { scope, path } = address;
      const csp = csps.find(({ root }) => path === root || path.startsWith(`${root}/`));
      if (!csp) return outcome(DM_STATUS.notFound);
      const segments = path.slice(csp.root.length).split('/').slice(1);
      return csp.handle(verb, { scope, segments }, item);
    },
  };
}

/** `./Vendor/…` is the device's, as before there were users; percent encoding is taken off. */
function parseUri(uri: string): { readonly scope: Scope; readonly path: string } | undefined {
  const [, scope = 'Device', path] = /^\.\/(?:(Device|User)\/)?(.+)$/.exec(uri) ?? [];
  if (path === undefined) return undefined;
  try {
    return { scope: scope as Scope, path: decodeURIComponent(path).replace(/\/$/, '') };
  } catch {
    return undefined;
  }
}
