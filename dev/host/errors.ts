/** @module Why the local host did not start, or would not do what it was asked. */

/** Stable codes; tests and callers name them, messages may change. */
const HOST_ERRORS = {
  ERR_HOST_JSON: 'host.json or package.json cannot be used.',
  ERR_HOST_LOAD: 'The app bundle could not be loaded.',
  ERR_HOST_MODEL: 'The app does not use the programming model 4.x of @azure/functions.',
  ERR_HOST_NO_FUNCTIONS: 'The app registered no functions.',
  ERR_HOST_FUNCTION: 'A function is registered in a way that the host cannot run.',
  ERR_HOST_ROUTE: 'A route is not acceptable.',
  ERR_HOST_SCHEDULE: 'A timer schedule is not acceptable.',
  ERR_HOST_SETTING: 'A setting of the host has an impossible value.',
  ERR_HOST_TIMER_UNKNOWN: 'There is no timer function of that name.',
} as const satisfies Record<string, string>;

export type HostErrorCode = keyof typeof HOST_ERRORS;

/** `message` is the code's sentence, then the detail. */
export class HostError extends Error {
  readonly code: HostErrorCode;

  constructor(code: HostErrorCode, detail: string, cause?: unknown) {
    super(`${HOST_ERRORS[code]} ${detail}`, { cause });
    this.name = 'HostError';
    this.code = code;
  }
}
