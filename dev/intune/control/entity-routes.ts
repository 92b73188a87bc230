/** @module Create, read, change and delete under /_sim/{kind}. */
import { json, noContent } from '../http/messages.js';
import { check, readControlBody, refuseControl } from './body.js';
import type { ControlRoute } from './route.js';
import { ENTITIES, type EntityKind } from './entities.js';

export const ENTITY_ROUTES: readonly ControlRoute[] = Object.entries(ENTITIES).flatMap(([name, kind]) =>
  createRoutes(`/_sim/${name}`, kind),
);

function createRoutes(path: string, kind: EntityKind): ControlRoute[] {
  const one = `${path}/{id}`;
  const present = (row: object) => kind.present(row);
  const find: (state: Parameters<EntityKind['rows']>[0], id: string) => object = (state, id) =>
    kind.rows(state).get(id) ?? refuseControl(404, `there is no ${id}`);
  const change: ControlRoute['handle'] = ({ state }, request, { id = '' }) => {
    const row = find(state, id);
    const before = { ...row };
    const edits = readControlBody(request);
    if (kind.key in edits && edits[kind.key] !== id) refuseControl(400, `${kind.key} does not change`);
    // In place: other tables hold the row itself.
    Object.assign(row, check(kind.schema, { ...present(row), ...edits }));
    kind.changed?.(state, row, before);
    return json(present(row));
  };
  return [
    {
      method: 'GET',
      path,
      handle: ({ state }) => json([...kind.rows(state).values()].map(present)),
    },
    {
      method: 'POST',
      path,
      handle: async ({ state, clock }, request) => {
        const checked = check(kind.schema, { ...kind.defaults(state, clock), ...readControlBody(request) });
        const id = String((checked as Record<string, unknown>)[kind.key]);
        if (kind.rows(state).has(id)) refuseControl(409, `${id} is already there`);
        const row = await kind.create(checked);
        kind.rows(state).set(id, row);
        return json(present(row), 201);
      },
    },
    {
      method: 'GET',
      path: one,
      handle: ({ state }, _request, { id = '' }) => json(present(find(state, id))),
    },
    { method: 'PATCH', path: one, handle: change },
    { method: 'PUT', path: one, handle: change },
    {
      method: 'DELETE',
      path: one,
      handle: ({ state }, _request, { id = '' }) => {
        kind.remove(state, find(state, id));
        return noContent;
      },
    },
  ];
}
