/** @module One invocation, from the input in wire form to the answer in wire form, as a Functions worker does it. */
import { randomUUID } from 'node:crypto';
import type { CoreInvocationContext, HookName, ProgrammingModel, Registrations } from './core-api.js';
import type { AppFunction } from './function-table.js';
import type { HostLog, HostLogLevel } from './host-log.js';
import type { RpcInvocationResponse, RpcTypedData } from './rpc.js';

/** Rejects with whatever the function, a hook or the library threw; that has been logged by then. */
export type Invoke = (target: AppFunction, data: RpcTypedData) => Promise<RpcInvocationResponse>;

export function createInvoker(model: ProgrammingModel, hooks: Registrations['hooks'], log: HostLog): Invoke {
  async function runHooks(name: HookName, context: object): Promise<void> {
    for (const hook of hooks[name]) await hook(context);
  }

  return async (target, data) => {
    const invocationId = randomUUID();
    const hookData: Record<string, unknown> = {};
    let invocationContext: unknown;

    const write = (level: HostLogLevel, category: 'user' | 'system', message: string): void => {
      const line = { level, category, message, invocationContext, hookData };
      // A log hook may change the level and the message of the app's own lines.
      if (category === 'user') for (const hook of hooks.log) hook(line);
      log({ level: line.level, category, message: line.message, functionName: target.name, invocationId });
    };
    const core: CoreInvocationContext = {
      invocationId,
      metadata: target.metadata,
      request: { invocationId, inputData: [{ name: target.bindingName, data }] },
      state: undefined,
      log: write,
    };

    try {
      const invocation = model.getInvocationModel(core);
      const { context, inputs } = await invocation.getArguments();
      invocationContext = context;

      core.state = 'preInvocationHooks';
      const before = {
        hookData,
        invocationContext,
        inputs,
        functionCallback: target.callback,
      };
      await runHooks('preInvocation', before);

      core.state = 'invocation';
      const after = {
        hookData,
        invocationContext,
        inputs: before.inputs,
        result: undefined as unknown,
        error: undefined as unknown,
      };
      try {
        after.result = await invocation.invokeFunction(context, before.inputs, before.functionCallback);
      } catch (error) {
        after.error = error;
      }

      core.state = 'postInvocationHooks';
      await runHooks('postInvocation', after);
      if (after.error !== undefined && after.error !== null) throw toError(after.error);
      return await invocation.getResponse(context, after.result);
    } catch (error) {
      const { stack, message } = toError(error);
      log({
        level: 'error',
        category: 'host',
        message: `Exception while executing function: ${stack ?? message}`,
        functionName: target.name,
        invocationId,
      });
      throw error;
    }
  };
}

function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown), { cause: thrown });
}
