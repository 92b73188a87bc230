/** @module Answers of the actions, with the context that the real service sends along. */
import { ODATA_CONTEXTS } from '../constants.js';
import type { ActionResult } from '../codes.js';
import { json, type SimulatorRequest, type SimulatorResponse } from '../http/messages.js';
import type { CallNotes } from '../service.js';

const context = (request: SimulatorRequest, notes: CallNotes, type: keyof typeof ODATA_CONTEXTS) =>
  `${request.origin}/${notes.tenantId ?? ''}/$metadata#${ODATA_CONTEXTS[type]}`;

export function answerAction(
  request: SimulatorRequest,
  notes: CallNotes,
  { code, errorDescription }: ActionResult,
): SimulatorResponse {
  notes.code = code;
  return json({ '@odata.context': context(request, notes, 'scepActionResult'), code, errorDescription });
}

export function answerValue(
  request: SimulatorRequest,
  notes: CallNotes,
  type: keyof typeof ODATA_CONTEXTS,
  value: unknown,
): SimulatorResponse {
  return json({ '@odata.context': context(request, notes, type), value });
}
