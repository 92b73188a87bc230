/** @module GET and POST /_sim/clock. */
import * as v from 'valibot';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../lib/base/clock.js';
import { json } from '../http/messages.js';
import type { Service } from '../service.js';
import { check, readControlBody } from './body.js';
import type { ControlRoute } from './route.js';

const DURATION = /^(-)?P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/** Seconds as a number, or an ISO 8601 duration of days, hours, minutes and seconds such as `PT61M`. */
const durationMs = v.union([
  v.pipe(
    v.number(),
    v.transform((seconds) => seconds * 1000),
  ),
  v.pipe(v.string(), v.regex(DURATION), v.transform(parseDurationMs)),
]);

const instant = v.pipe(
  v.string(),
  v.check((text) => !Number.isNaN(Date.parse(text)), 'not a date'),
  v.transform((text) => new Date(text)),
);

const schema = v.strictObject({
  /** Jumps there and stops, unless `running`. */
  set: v.optional(instant),
  advance: v.optional(durationMs),
  /** With `set`: runs on from there. Alone: true lets a stopped clock run, false stops it. */
  running: v.optional(v.boolean()),
});

function parseDurationMs(text: string): number {
  const [, sign, ...numbers] = DURATION.exec(text) ?? [];
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = numbers.map((number) =>
    Number((number as string | undefined) ?? 0),
  );
  const totalMs = days * DAY_MS + hours * HOUR_MS + minutes * MINUTE_MS + seconds * 1000;
  return sign ? -totalMs : totalMs;
}

const show = ({ clock }: Service) => json({ now: clock.now().toISOString(), frozen: clock.isFrozen() });

export const CLOCK_ROUTES: readonly ControlRoute[] = [
  { method: 'GET', path: '/_sim/clock', handle: show },
  {
    method: 'POST',
    path: '/_sim/clock',
    handle: (service, request) => {
      const { set, advance, running } = check(schema, readControlBody(request));
      const { clock } = service;
      const start = set ?? (running === undefined ? undefined : clock.now());
      if (start && running === true) clock.runFrom(start);
      else if (start) clock.freeze(start);
      if (advance !== undefined) clock.advance(advance);
      return show(service);
    },
  },
];
