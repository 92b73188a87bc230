/** @module The control API under /_sim/: everything that a test or an administrator's story needs to do to Intune. */
import { json, noContent, type SimulatorRequest, type SimulatorResponse } from '../http/messages.js';
import { createMatcher } from '../http/routes.js';
import type { Seed } from '../seed.js';
import type { Service } from '../service.js';
import { resetState } from '../state.js';
import { CLOCK_ROUTES } from './clock-routes.js';
import { DEVICE_ROUTES } from './device-routes.js';
import { SIGN_IN_ROUTES } from './sign-in-routes.js';
import { ENTITY_ROUTES } from './entity-routes.js';
import type { ControlRoute } from './route.js';
import { listSettings } from './settings.js';
import { TEST_ROUTES } from './test-routes.js';

/** @param seed what a reset goes back to. */
export function createControl(
  service: Service,
  seed: Seed,
): (request: SimulatorRequest) => Promise<SimulatorResponse> {
  const match = createMatcher<ControlRoute>([
    {
      method: 'POST',
      path: '/_sim/reset',
      handle: async () => {
        service.clock.reset();
        service.faults.clear();
        await resetState(service.state, seed);
        return noContent;
      },
    },
    {
      method: 'GET',
      path: '/_sim/settings',
      handle: (_service, request) => json(listSettings(service.state, request.origin)),
    },
    ...CLOCK_ROUTES,
    ...DEVICE_ROUTES,
    ...SIGN_IN_ROUTES,
    ...TEST_ROUTES,
    ...ENTITY_ROUTES,
  ]);
  return async (request) => {
    const found = match(request.method, request.path);
    if (!found) return json({ error: 'there is no such control' }, 404);
    return found.row.handle(service, request, found.parameters);
  };
}
