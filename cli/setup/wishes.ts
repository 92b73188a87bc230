/** @module What `skep setup` was asked for, and what its steps work with. */
import type { Report } from '../ca/report.js';
import type { GraphClient } from '../graph/client.js';
import type { RawGraphOptions } from '../graph/access.js';
import type { Terminal } from '../terminal.js';
import type { Deployment } from './deployment.js';
import type { NeededRole } from './needed-roles.js';

export interface SetupWishes extends RawGraphOptions {
  readonly deployment: Deployment;
  /** From a hand-over file; default: what the app needs. */
  readonly roles?: readonly NeededRole[];
  /** Default: as the app is set. */
  readonly directory?: boolean;
  readonly subject?: string;
  readonly years: number;
  readonly waitMinutes: number;
  readonly handover?: string;
  readonly planOnly: boolean;
  readonly yes: boolean;
  readonly json: boolean;
}

export interface Surroundings {
  readonly graph: GraphClient;
  readonly wishes: SetupWishes;
  readonly terminal: Terminal;
  readonly report: Report;
}
