/** @module What a person does in the browser with a code that they were shown: sign in, or decline. */
import * as v from 'valibot';
import { json } from '../http/messages.js';
import { check, readControlBody, refuseControl } from './body.js';
import type { ControlRoute } from './route.js';

const answerSchema = v.strictObject({
  /** Object id; null declines. */
  administratorId: v.nullable(v.string()),
});

export const SIGN_IN_ROUTES: readonly ControlRoute[] = [
  {
    method: 'POST',
    path: '/_sim/device-codes/{userCode}',
    handle: ({ state }, request, { userCode = '' }) => {
      const { administratorId } = check(answerSchema, readControlBody(request));
      const code = [...state.deviceCodes.values()].find((row) => row.userCode === userCode.toUpperCase());
      if (!code) return refuseControl(404, 'there is no such code');
      if (administratorId !== null && !state.administrators.has(administratorId))
        return refuseControl(404, 'there is no such administrator');
      code.state = administratorId === null ? 'declined' : { administratorId };
      return json({ userCode: code.userCode });
    },
  },
];
