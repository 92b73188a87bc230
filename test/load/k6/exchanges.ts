/** @module What a device sends, and what is counted of the answer. */
import { SharedArray } from 'k6/data';
import encoding from 'k6/encoding';
import exec from 'k6/execution';
import http, { type RefinedResponse } from 'k6/http';
import { sleep } from 'k6';
import type { LoadPlan, LoadRequests } from '../plan.js';
import { createMeasures } from './measures.js';
import { judgeOcsp, judgeScep, type Answer, type Outcome } from './outcome.js';

export const plan = JSON.parse(open(__ENV['SKEP_LOAD_PLAN'] ?? '')) as LoadPlan;

/** Read once, and shared by all virtual users: thousands of messages are many megabytes. */
const share = (kind: keyof LoadRequests) =>
  new SharedArray(kind, () => {
    const requests = JSON.parse(open(__ENV['SKEP_LOAD_REQUESTS'] ?? '')) as LoadRequests;
    return [...requests[kind]];
  });
const enrollments = share('enrollments');
const renewals = share('renewals');
const questions = share('ocsp');

const measures = createMeasures(plan);
const TIMEOUT = '30s';
/** k6's codes: the request timed out, the connection timed out. */
const TIMED_OUT: ReadonlySet<number> = new Set([1050, 1211]);
/** Seconds until an impatient client asks again; it heeds no Retry-After. */
const IMPATIENCE = 0.25;

/** Each device once. */
export function enroll(): void {
  sendScep(enrollments[exec.scenario.iterationInTest]);
}

export function renew(): void {
  sendScep(renewals[exec.scenario.iterationInTest]);
}

/** In turn by POST, as Windows sends long requests, and by GET, as caches like it. */
export function askOcsp(): void {
  const turn = exec.scenario.iterationInTest;
  const question = questions[turn % questions.length];
  if (question === undefined) return;
  const tags = { name: plan.ocspUrl };
  const response =
    turn % 2 === 0
      ? http.post(
          plan.ocspUrl,
          encoding.b64decode(question, 'std'),
          parameters('application/ocsp-request', tags),
        )
      : http.get(`${plan.ocspUrl}/${encodeURIComponent(question)}`, parameters(undefined, tags));
  measures.count('ocsp', judgeOcsp(toAnswer(response)), response.timings.duration);
}

let served = 0;
let isConnected = false;

/** Seconds in which everybody connects, before the rush. */
const LEAD_IN = 3;

/**
 * Each virtual user has devices of its own and sends for one until it is served; in the end it repeats the last.
 * Before that it connects, as a device does that asks GetCACaps first, and again until it is: Node.js accepts one
 * connection in each turn of its event loop (libuv's `uv__server_io`), a busy one therefore a few in a second, and who
 * waits for that is neither served nor turned away. In Azure the Functions host accepts them.
 */
export function enrollImpatiently(): void {
  if (!isConnected) {
    const url = `${plan.scepUrl}?operation=GetCACaps`;
    isConnected = http.get(url, parameters(undefined, { name: plan.scepUrl })).status === 200;
    sleep(Math.max(0, LEAD_IN - exec.instance.currentTestRunDuration / 1000));
    return;
  }
  const own = exec.vu.idInTest - 1 + served * plan.connections;
  const last = (exec.vu.idInTest - 1) % enrollments.length;
  const outcome = sendScep(enrollments[own] ?? enrollments[last]);
  if (outcome === 'served' && own + plan.connections < enrollments.length) served++;
  if (outcome !== 'served') sleep(IMPATIENCE);
}

function sendScep(message: string | undefined): Outcome | undefined {
  // An arrival rate is not exact to the last device.
  if (message === undefined) return undefined;
  const url = `${plan.scepUrl}?operation=PKIOperation`;
  const body = encoding.b64decode(message, 'std');
  const response = http.post(url, body, parameters('application/x-pki-message', { name: plan.scepUrl }));
  const outcome = judgeScep(toAnswer(response));
  measures.count('scep', outcome, response.timings.duration);
  return outcome;
}

function parameters(contentType: string | undefined, tags: Record<string, string>) {
  return {
    headers: contentType === undefined ? {} : { 'content-type': contentType },
    responseType: 'binary' as const,
    timeout: TIMEOUT,
    tags,
  };
}

function toAnswer({ status, headers, body, error_code }: RefinedResponse<'binary'>): Answer {
  return {
    status,
    contentType: headers['Content-Type'] ?? '',
    retryAfter: headers['Retry-After'] ?? '',
    body: new Uint8Array(body),
    timedOut: TIMED_OUT.has(error_code),
  };
}
