/**
 * @module The module `@azure/functions-core`, which exists only inside a running host. The library asks for it
 * at its first registration and does everything through it. This is the whole surface that library 4.16 uses.
 */
import { HostError } from './errors.js';
import type { HostLog, HostLogLevel } from './host-log.js';
import type { RpcInvocationResponse, RpcTypedData } from './rpc.js';

export interface FunctionBinding {
  readonly type: string;
  readonly direction: string;
  readonly route?: string;
  readonly methods?: readonly string[];
  readonly authLevel?: string;
  readonly schedule?: string;
  readonly runOnStartup?: boolean;
}

export interface FunctionMetadata {
  readonly name: string;
  readonly bindings: Readonly<Record<string, FunctionBinding>>;
  readonly retryOptions?: object | undefined;
}

export type FunctionCallback = (...inputs: unknown[]) => unknown;

export interface CoreInvocationContext {
  readonly invocationId: string;
  readonly metadata: FunctionMetadata;
  readonly request: {
    readonly invocationId: string;
    readonly inputData: readonly { readonly name: string; readonly data: RpcTypedData }[];
  };
  state: 'preInvocationHooks' | 'invocation' | 'postInvocationHooks' | undefined;
  log(level: HostLogLevel, category: 'user' | 'system', message: string): void;
}

interface InvocationModel {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], callback: FunctionCallback): Promise<unknown>;
  getResponse(context: unknown, result: unknown): Promise<RpcInvocationResponse>;
}

export interface ProgrammingModel {
  readonly name: string;
  readonly version: string;
  getInvocationModel(context: CoreInvocationContext): InvocationModel;
  getCapabilities(capabilities: Record<string, string>): Promise<Record<string, string>>;
}

const HOOK_NAMES = ['appStart', 'appTerminate', 'preInvocation', 'postInvocation', 'log'] as const;
export type HookName = (typeof HOOK_NAMES)[number];
type HookCallback = (context: object) => unknown;

export interface RegisteredFunction {
  readonly metadata: FunctionMetadata;
  readonly callback: FunctionCallback;
}

/** What an app registered while it was loaded. Hooks may still come and go later; functions may not. */
export interface Registrations {
  readonly functions: readonly RegisteredFunction[];
  readonly hooks: Readonly<Record<HookName, readonly HookCallback[]>>;
  model(): ProgrammingModel | undefined;
  lock(): void;
}

/**
 * Makes one app's `@azure/functions-core` and the record of what the app does with it.
 * @param log receives what the library itself logs outside of invocations.
 */
export function createCoreApi(log: HostLog): { api: object; registrations: Registrations } {
  const functions: RegisteredFunction[] = [];
  const hooks: Record<HookName, HookCallback[]> = {
    appStart: [],
    appTerminate: [],
    preInvocation: [],
    postInvocation: [],
    log: [],
  };
  let model: ProgrammingModel | undefined;
  let locked = false;

  function registerFunction(metadata: FunctionMetadata, callback: FunctionCallback): Disposable {
    if (locked) {
      throw new HostError(
        'ERR_HOST_FUNCTION',
        `"${metadata.name}" was registered after the app had started.`,
      );
    }
    const entry = { metadata, callback };
    functions.push(entry);
    return new Disposable(() => {
      remove(functions, entry);
    });
  }

  function registerHook(name: string, callback: HookCallback): Disposable {
    if (!isHookName(name)) {
      // The library recognizes a host that is too old for a hook by this very mark.
      throw Object.assign(new RangeError(`Unrecognized hook "${name}"`), {
        isAzureFunctionsSystemError: true,
      });
    }
    hooks[name].push(callback);
    return new Disposable(() => {
      remove(hooks[name], callback);
    });
  }

  const api = {
    version: '4.0.0',
    hostVersion: '4.1037.0',
    Disposable,
    registerFunction,
    registerHook,
    setProgrammingModel: (chosen: ProgrammingModel) => {
      model = chosen;
    },
    getProgrammingModel: () => model,
    log: (level: HostLogLevel, category: 'user' | 'system', message: string) => {
      log({ level, category, message });
    },
  };
  const registrations: Registrations = {
    functions,
    hooks,
    model: () => model,
    lock: () => {
      locked = true;
    },
  };
  return { api, registrations };
}

/** The library's contract asks for a class here. */
class Disposable {
  readonly #undo: () => void;

  constructor(undo: () => void) {
    this.#undo = undo;
  }

  dispose(): void {
    this.#undo();
  }
}

function isHookName(name: string): name is HookName {
  return (HOOK_NAMES as readonly string[]).includes(name);
}

function remove<T>(list: T[], item: T): void {
  const index = list.indexOf(item);
  if (index >= 0) list.splice(index, 1);
}
