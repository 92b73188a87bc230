/** @module What every handler of the simulator works on. */
import type { SimulatorClock } from './clock.js';
import type { TokenAuthority } from './entra/tokens.js';
import type { FaultBook } from './faults.js';
import type { SimulatorRequest, SimulatorResponse } from './http/messages.js';
import type { PathParameters } from './http/routes.js';
import type { CallRecord } from './model.js';
import type { Relocation } from './relocation.js';
import type { SimulatorState } from './state.js';

export interface Service {
  readonly state: SimulatorState;
  readonly clock: SimulatorClock;
  readonly tokens: TokenAuthority;
  readonly faults: FaultBook;
  readonly relocation: Relocation;
}

/** What a handler finds out for the call log. */
export type CallNotes = {
  -readonly [
    Name in keyof Pick<CallRecord, 'tenantId' | 'clientId' | 'transactionId' | 'code'>
  ]?: CallRecord[Name];
};

/** Answers at one path that production has. */
export type EndpointHandler = (
  service: Service,
  request: SimulatorRequest,
  notes: CallNotes,
  parameters: PathParameters,
) => SimulatorResponse | Promise<SimulatorResponse>;
