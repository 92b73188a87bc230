/** @module JSON that a caller sent, held against what it must look like. */
import * as v from 'valibot';
import { SkepError } from '../base/errors.js';

/**
 * @param value parsed JSON.
 * @throws {SkepError} `ERR_HTTP_BODY`; the detail names the member and what is wrong with it, never its value.
 */
export function checkJson<Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
): v.InferOutput<Schema> {
  const parsed = v.safeParse(schema, value, { abortEarly: true });
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new SkepError('ERR_HTTP_BODY', { detail: `${v.getDotPath(issue) ?? 'body'}: ${describe(issue)}` });
}

/** Valibot's own messages repeat what was received, and that may be a challenge. */
function describe(issue: v.BaseIssue<unknown>): string {
  if (issue.type === 'regex' || issue.type === 'check') return issue.message;
  return `expected ${issue.expected ?? issue.type}`;
}
