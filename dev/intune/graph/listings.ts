/** @module Lists in pages, and lists of what changed since a list was read. */
import { randomUUID } from 'node:crypto';
import { json, type SimulatorRequest, type SimulatorResponse } from '../http/messages.js';
import type { Listing } from '../model.js';
import type { Service } from '../service.js';
import { refuseGraph } from './errors.js';
import type { GraphObject } from './objects.js';

/** The state of a delta lives in its link, so a real one gets old; so many are remembered here. */
const REMEMBERED = 1000;

/** One page of all `objects`, or the next one of what a `$skiptoken` began. */
export function answerList(
  service: Service,
  request: SimulatorRequest,
  objects: readonly GraphObject[],
): SimulatorResponse {
  const begun = resume(service, request, '$skiptoken');
  const select = begun?.select ?? readSelect(request);
  const rest = begun?.rest ?? objects.map((object) => pick(object, select));
  return answerPage(service, request, { path: request.path, select, rest });
}

/** The same for what changed since the list was read to which a `$deltatoken` belongs. */
export function answerDelta(
  service: Service,
  request: SimulatorRequest,
  objects: readonly GraphObject[],
): SimulatorResponse {
  const begun = resume(service, request, '$skiptoken');
  if (begun) return answerPage(service, request, begun);
  const before = resume(service, request, '$deltatoken');
  const select = before?.select ?? readSelect(request);
  const now = new Map(objects.map((object) => [object.id, JSON.stringify(pick(object, select))]));
  const known = before?.seen ?? new Map<string, string>();
  const changed = [...now].filter(([id, text]) => known.get(id) !== text);
  const removed = [...known.keys()].filter((id) => !now.has(id));
  return answerPage(service, request, {
    path: request.path,
    select,
    seen: now,
    rest: [
      ...changed.map(([, text]) => JSON.parse(text) as object),
      ...removed.map((id) => ({ id, '@removed': { reason: 'changed' } })),
    ],
  });
}

function answerPage(service: Service, request: SimulatorRequest, listing: Listing): SimulatorResponse {
  const size = service.state.switches.graphPageSize ?? Math.max(listing.rest.length, 1);
  const rest = listing.rest.slice(size);
  const link = (parameter: string) => {
    const token = remember(service, { ...listing, rest });
    return `${request.origin}${request.path}?${parameter}=${token}`;
  };
  return json({
    '@odata.context': 'https://graph.microsoft.com/v1.0/$metadata#directory',
    ...(rest.length > 0
      ? { '@odata.nextLink': link('$skiptoken') }
      : listing.seen && { '@odata.deltaLink': link('$deltatoken') }),
    value: listing.rest.slice(0, size),
  });
}

function remember({ state }: Service, listing: Listing): string {
  const token = randomUUID();
  state.listings.set(token, listing);
  const [oldest] = state.listings.keys();
  if (state.listings.size > REMEMBERED && oldest !== undefined) state.listings.delete(oldest);
  return token;
}

/** @throws {Problem} 410 for a token that is no longer, or never was, one of this list's. */
function resume(
  { state, clock }: Service,
  request: SimulatorRequest,
  parameter: string,
): Listing | undefined {
  const token = request.query.get(parameter);
  if (token === null) return undefined;
  const listing = state.listings.get(token);
  return listing?.path === request.path ? listing : refuseGraph('SyncStateNotFound', clock.now());
}

export function readSelect(request: SimulatorRequest): readonly string[] | undefined {
  return request.query.get('$select')?.split(',');
}

export function pick(object: GraphObject, select: readonly string[] | undefined): object {
  if (!select) return object;
  return Object.fromEntries(
    Object.entries(object).filter(([name]) => name === 'id' || select.includes(name)),
  );
}
