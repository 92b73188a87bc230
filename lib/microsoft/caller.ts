/** @module An authorized call with its budget: a token, an address, attempts by the rules, one answer or one error. */
import type { HttpClient } from '@azure/core-rest-pipeline';
import type { Clock } from '../base/clock.js';
import { SkepError } from '../base/errors.js';
import type { LogFields, Logger } from '../base/log.js';
import type { RandomBytes } from '../base/random.js';
import { type Delay, isTimeout, runWithin } from './deadline.js';
import { retryAfterSeconds, type Failures } from './failures.js';
import { createRequestId } from './request-id.js';
import { backOffMs, classifyFailure, failureCode, nextStep, type Spent } from './retry-rules.js';
import type { TokenCache } from './token-cache.js';
import { describeRoles } from './token-roles.js';
import { type HttpReply, type OutgoingRequest, sendOnce } from './transport.js';

export interface Call {
  /** For logs and errors, e.g. `Intune validateRequest`. */
  readonly name: string;
  readonly scope: string;
  /** For the log of each attempt. */
  readonly fields?: LogFields;
  readonly address: Address;
  /** False: sent again only when it was certainly not carried out. Default true. */
  readonly repeatable?: boolean;
  /** The request apart from Authorization, client-request-id and the user agent. */
  readonly request: (url: string) => OutgoingRequest;
}

/** Where the call goes: to one URL, or to where discovery says. */
export type Address =
  | { readonly url: string }
  | { readonly locate: () => Promise<string>; readonly forget: (url: string) => void };

export interface Answer {
  readonly reply: HttpReply;
  readonly clientRequestId: string;
  readonly durationMs: number;
}

/**
 * @throws {SkepError} the `forbidden` code on 403, or on 401 twice; the `unavailable` code when there is no answer
 *   within the budget; whatever the address throws. Other statuses are the reader's to judge.
 */
export type Caller = (call: Call) => Promise<Answer>;

export interface CallerOptions {
  readonly tokens: TokenCache;
  readonly httpClient: HttpClient;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  readonly delay: Delay;
  readonly logger: Logger;
  /** Product name and version. */
  readonly userAgent: string;
  readonly attemptTimeoutMs: number;
  /** For the whole call with its retries. */
  readonly budgetMs: number;
  readonly failures: Failures;
}

export function createCaller(options: CallerOptions): Caller {
  const { tokens, clock, delay, logger, failures } = options;

  async function attempt(call: Call, url: string, token: string, id: string, signal: AbortSignal) {
    const request = call.request(url);
    const headers = {
      ...request.headers,
      Authorization: `Bearer ${token}`,
      'client-request-id': id,
      'User-Agent': options.userAgent,
      UserAgent: options.userAgent,
    };
    try {
      const reply = await runWithin(
        options.attemptTimeoutMs,
        delay,
        (attemptSignal) => sendOnce(options.httpClient, { ...request, headers }, attemptSignal),
        signal,
      );
      return { kind: 'reply' as const, status: reply.status, reply };
    } catch (cause) {
      signal.throwIfAborted();
      return { kind: classifyFailure(cause), cause };
    }
  }

  async function attemptUntilAnswered(call: Call, startMs: number, signal: AbortSignal): Promise<Answer> {
    const spent = { renewals: 0, relocations: 0, retries: 0 } satisfies Spent;
    const { address } = call;
    for (;;) {
      signal.throwIfAborted();
      const url = 'url' in address ? address.url : await address.locate();
      const token = await tokens.get(call.scope);
      const clientRequestId = createRequestId(options.randomBytes);
      const outcome = await attempt(call, url, token, clientRequestId, signal);
      const durationMs = clock.now().getTime() - startMs;
      const step = nextStep(outcome, spent, 'forget' in address, call.repeatable);
      if (step === 'answer' && outcome.kind === 'reply') {
        return { reply: outcome.reply, clientRequestId, durationMs };
      }

      const failure =
        outcome.kind === 'reply'
          ? failures.ofReply(outcome.reply, call.name, rolesNote(outcome.status, token))
          : failures.unavailable(`${call.name}: ${describeFailure(outcome.cause)}`, { cause: outcome.cause });
      const fields = { ...call.fields, call: call.name, clientRequestId, durationMs, detail: failure.detail };
      logger.warn('A call to Microsoft failed', { ...fields, next: step });

      if (step === 'renew-token') {
        spent.renewals++;
        tokens.drop(call.scope, token);
      } else if (step === 'relocate' && 'forget' in address) {
        spent.relocations++;
        address.forget(url);
      } else if (step === 'retry') {
        const waitMs = Math.max(
          backOffMs(spent.retries, options.randomBytes(1)[0] ?? 0),
          1000 * ((outcome.kind === 'reply' && retryAfterSeconds(outcome.reply)) || 0),
        );
        // To come back earlier than asked would only prolong the throttling: the device is told to wait instead.
        if (durationMs + waitMs >= options.budgetMs) throw failure;
        spent.retries++;
        await delay(waitMs, signal);
      } else {
        throw failure;
      }
    }
  }

  return (call) => {
    const startMs = clock.now().getTime();
    return runWithin(options.budgetMs, delay, (signal) => attemptUntilAnswered(call, startMs, signal)).catch(
      (thrown: unknown) => {
        throw thrown instanceof SkepError
          ? thrown
          : failures.unavailable(`${call.name}: ${describeFailure(thrown)}`, { cause: thrown });
      },
    );
  };
}

/** A role that was granted lately can be missing from a managed identity's token for a day: show what is in it. */
function rolesNote(status: number, token: string): string {
  return status === 401 || status === 403 ? describeRoles(token) : '';
}

function describeFailure(cause: unknown): string {
  if (isTimeout(cause)) return cause.message;
  return failureCode(cause) ?? 'no answer';
}
