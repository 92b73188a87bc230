/** @module What the host and the functions in it have to say, line by line. */

export type HostLogLevel = 'trace' | 'debug' | 'information' | 'warning' | 'error' | 'critical' | 'none';

export interface HostLogEntry {
  readonly level: HostLogLevel;
  /** `user`: a function's own `context.log`; `system`: `@azure/functions`; `host`: this host. */
  readonly category: 'user' | 'system' | 'host';
  readonly message: string;
  readonly functionName?: string;
  readonly invocationId?: string;
}

/** Takes every line, unfiltered; the receiver decides which levels to show. */
export type HostLog = (entry: HostLogEntry) => void;
