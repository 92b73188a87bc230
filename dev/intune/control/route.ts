/** @module The form of a control route. */
import type { SimulatorRequest, SimulatorResponse } from '../http/messages.js';
import type { PathParameters, RoutePattern } from '../http/routes.js';
import type { Service } from '../service.js';

export interface ControlRoute extends RoutePattern {
  readonly handle: (
    service: Service,
    request: SimulatorRequest,
    parameters: PathParameters,
  ) => SimulatorResponse | Promise<SimulatorResponse>;
}
