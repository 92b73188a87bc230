/** @module Bodies of control calls: JSON, checked, with an answer that says what is wrong. */
import * as v from 'valibot';
import { json, parseJson, Problem, type SimulatorRequest } from '../http/messages.js';

/** An empty body counts as `{}`. @throws {Problem} 400 with the issues. */
export function readControlBody(request: SimulatorRequest): Record<string, unknown> {
  const value = request.body.length === 0 ? {} : parseJson(request.body);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return refuseControl(400, 'the body must be a JSON object');
  return value as Record<string, unknown>;
}

/** @throws {Problem} 400 with the issues. */
export function check<Schema extends v.GenericSchema>(schema: Schema, value: unknown): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const issues = result.issues.map((issue) => `${v.getDotPath(issue) ?? 'body'}: ${issue.message}`);
  return refuseControl(400, issues.join('; '));
}

/** @throws {Problem} always. */
export function refuseControl(status: 400 | 404 | 409, error: string): never {
  throw new Problem(json({ error }, status));
}
