/** @module Where the two Intune services live: a move changes the path, and the old one is gone. */
import { BASE_PATHS, type Provider } from './constants.js';

export interface Relocation {
  /** Path of a service now. */
  basePath(provider: Provider): string;
  /** Moves both services under `/{scaleUnit}`; each move without a name makes a new one. */
  move(scaleUnit?: string): void;
  reset(): void;
}

export function createRelocation(): Relocation {
  let prefix = '';
  let moves = 0;
  return {
    basePath: (provider) => prefix + BASE_PATHS[provider],
    move: (scaleUnit) => {
      moves += 1;
      prefix = `/${encodeURIComponent(scaleUnit ?? `moved${String(moves).padStart(2, '0')}`)}`;
    },
    reset: () => {
      prefix = '';
      moves = 0;
    },
  };
}
