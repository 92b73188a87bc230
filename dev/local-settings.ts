/** @module What the local cloud reads from its environment. */
import { parsePort } from './command-line.js';

export interface LocalSettings {
  readonly port: number;
  readonly simulatorPort: number;
  readonly dataDir: string;
  /** The rest, which is the app's. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** SKEP_PORT (7071), SKEP_SIM_PORT (7072), SKEP_DATA_DIR (.skep); the rest is handed to the app. @throws {RangeError} for a port that is none. */
export function localSettings(environment: Readonly<Record<string, string | undefined>>): LocalSettings {
  return {
    port: parsePort('SKEP_PORT', environment['SKEP_PORT'] || '7071'),
    simulatorPort: parsePort('SKEP_SIM_PORT', environment['SKEP_SIM_PORT'] || '7072'),
    dataDir: environment['SKEP_DATA_DIR'] || '.skep',
    environment,
  };
}
