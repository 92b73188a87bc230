/** @module Between the Functions runtime and the handlers: the app, made once, and requests both ways. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { HttpHandler, HttpMethod, InvocationContext, TimerHandler } from '@azure/functions';
import { compose, type App } from '../lib/app/compose.js';
import { loadConfig } from '../lib/app/config.js';
import type { TaskName } from '../lib/app/tasks.js';
import type { LogLevel } from '../lib/base/log.js';
import { toSkepError } from '../lib/base/errors.js';
import { once } from '../lib/base/once.js';
import { respondBodiless, respondError, type HttpAnswer, type HttpRequest } from '../lib/http/http.js';
import { requireHttps } from '../lib/http/https-only.js';

/** Which invocation a log line belongs to; Application Insights joins them by it. */
const invocation = new AsyncLocalStorage<InvocationContext>();

function sink(level: LogLevel, line: string): void {
  const context = invocation.getStore();
  if (context) context[level](line);
  else console[level](line);
}

let app: App | undefined;

/** Made at the first call, so that a wrong setting breaks answers, which can say so, and not the start. */
export function getApp(): App {
  return (app ??= compose(loadConfig(), sink));
}

/** What is only read. The host takes HEAD for another method than GET: load balancers and monitors ask by it. */
export const READ: HttpMethod[] = ['GET', 'HEAD'];

type Handler = (request: HttpRequest, parameters: Readonly<Record<string, string>>) => Promise<HttpAnswer>;

/**
 * Binds a handler of lib/http. It is loaded, and what it needs of the app taken, at its first call, once.
 * @param options.plainHttp true: open to plain HTTP, whatever SKEP_HTTPS_ONLY says.
 */
export function bindHttp(
  make: (app: App) => Handler | Promise<Handler>,
  { plainHttp = false } = {},
): HttpHandler {
  const start = once(async () => {
    const app = getApp();
    const handler = await make(app);
    return plainHttp || !app.config.settings.SKEP_HTTPS_ONLY ? handler : requireHttps(handler);
  });
  const answer = async (request: Parameters<HttpHandler>[0]): Promise<HttpAnswer> => {
    try {
      const handler = await start();
      return await handler(request, request.params);
    } catch (thrown) {
      const error = toSkepError(thrown);
      sink('error', `${error.code}: ${error.message}`);
      return respondError(error);
    }
  };
  return (request, context) =>
    invocation.run(context, async () => {
      const whole = await answer(request);
      // RFC 9110 section 9.3.2: the same fields, Content-Length among them, and no content.
      return request.method === 'HEAD' ? respondBodiless(whole.status, whole.headers) : whole;
    });
}

/** Binds a task to a timer. */
export function bindTimer(task: TaskName): TimerHandler {
  return (_timer, context) => invocation.run(context, async () => (await getApp().tasks())[task]());
}
