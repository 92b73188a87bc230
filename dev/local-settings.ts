/** @module What the local cloud reads from its environment. */

export interface LocalSettings {
  readonly port: number;
  readonly simulatorPort: number;
  readonly dataDir: string;
  /** The rest, which is the app's. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** SKEP_PORT (7071), SKEP_SIM_PORT (7072), SKEP_DATA_DIR (.skep); everything else is handed to the app. */
export function localSettings(environment: Readonly<Record<string, string | undefined>>): LocalSettings {
  return {
    port: Number(environment['SKEP_PORT'] ?? 7071),
    simulatorPort: Number(environment['SKEP_SIM_PORT'] ?? 7072),
    dataDir: environment['SKEP_DATA_DIR'] ?? '.skep',
    environment,
  };
}
