/** @module What an app registered, checked and typed: HTTP functions and timer functions. */
import type { FunctionBinding, FunctionCallback, FunctionMetadata, RegisteredFunction } from './core-api.js';
import { HostError } from './errors.js';

const AUTH_LEVELS = ['anonymous', 'function', 'admin'] as const;
export type AuthLevel = (typeof AUTH_LEVELS)[number];

interface CommonFunction {
  readonly name: string;
  /** The name of the trigger's binding, under which the input is handed over. */
  readonly bindingName: string;
  readonly metadata: FunctionMetadata;
  readonly callback: FunctionCallback;
}

export interface HttpFunction extends CommonFunction {
  readonly trigger: 'http';
  /** Without the prefix of host.json. The function's name when it was given none, or an empty one. */
  readonly route: string;
  /** Upper case; empty = every method. */
  readonly methods: readonly string[];
  readonly authLevel: AuthLevel;
}

export interface TimerFunction extends CommonFunction {
  readonly trigger: 'timer';
  /** NCRONTAB as it was registered; may hold `%SETTING%`. */
  readonly schedule: string;
  readonly runOnStartup: boolean;
}

export type AppFunction = HttpFunction | TimerFunction;

/**
 * @returns sorted by name, the order in which Azure sets up and tries functions.
 * @throws {HostError} `ERR_HOST_FUNCTION`: a name twice, another trigger than HTTP or timer, a retry policy.
 */
export function tabulateFunctions(registered: readonly RegisteredFunction[]): AppFunction[] {
  const names = new Set<string>();
  for (const { metadata } of registered) {
    const folded = metadata.name.toLowerCase();
    if (names.has(folded)) throw new HostError('ERR_HOST_FUNCTION', `"${metadata.name}" is there twice.`);
    names.add(folded);
  }
  const byName = new Intl.Collator('en').compare;
  return registered.map(toAppFunction).sort((a, b) => byName(a.name, b.name));
}

function toAppFunction({ metadata, callback }: RegisteredFunction): AppFunction {
  const { name } = metadata;
  if (metadata.retryOptions) {
    throw new HostError(
      'ERR_HOST_FUNCTION',
      `"${name}" has a retry policy, which the local host does not run.`,
    );
  }
  for (const [bindingName, binding] of Object.entries(metadata.bindings)) {
    const common = { name, bindingName, metadata, callback };
    switch (binding.type.toLowerCase()) {
      case 'httptrigger':
        return { ...common, ...httpTrigger(name, binding) };
      case 'timertrigger':
        return {
          ...common,
          trigger: 'timer',
          schedule: binding.schedule ?? '',
          runOnStartup: binding.runOnStartup ?? false,
        };
    }
  }
  const types = Object.values(metadata.bindings).map(({ type }) => type);
  throw new HostError('ERR_HOST_FUNCTION', `"${name}" has no HTTP or timer trigger (${types.join(', ')}).`);
}

function httpTrigger(name: string, binding: FunctionBinding) {
  const level = (binding.authLevel ?? 'function').toLowerCase();
  const authLevel = AUTH_LEVELS.find((known) => known === level);
  if (!authLevel) throw new HostError('ERR_HOST_FUNCTION', `"${name}" has the unknown authLevel "${level}".`);
  return {
    trigger: 'http' as const,
    route: binding.route ? binding.route : name,
    methods: (binding.methods ?? []).map((method) => method.toUpperCase()),
    authLevel,
  };
}
