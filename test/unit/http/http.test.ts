import { describe, expect, it } from 'vitest';
import { toResponse } from '../../../dev/web-response.js';
import { ERRORS, type ErrorCode } from '../../../lib/base/error-codes.js';
import { SkepError } from '../../../lib/base/errors.js';
import { readBody, respond, respondError, respondText, type HttpRequest } from '../../../lib/http/http.js';

function request(body: Uint8Array, headers: Record<string, string> = {}): HttpRequest {
  return {
    method: 'POST',
    url: 'http://skep.test/',
    headers: new Headers(headers),
    arrayBuffer: () => Promise.resolve(new Uint8Array(body).buffer),
  };
}

describe('readBody', () => {
  it.each([
    ['a length that is right', { 'content-length': '5' }],
    ['none', {}],
    ['one that is too small', { 'content-length': '1' }],
    ['one that is no number', { 'content-length': 'five' }],
    ['one below zero', { 'content-length': '-5' }],
  ])('gives the octets, whatever the header says: %s', async (_case, headers) => {
    expect(await readBody(request(Buffer.from('hello'), headers), 10)).toEqual(
      new Uint8Array(Buffer.from('hello')),
    );
  });

  it('takes as many octets as are allowed', async () => {
    expect(await readBody(request(Buffer.alloc(10)), 10)).toHaveLength(10);
  });

  it.each([
    ['really', Buffer.alloc(11), {}],
    ['by announcement, and it is not read then', Buffer.alloc(1), { 'content-length': '11' }],
    ['though it says otherwise', Buffer.alloc(11), { 'content-length': '3' }],
  ])('refuses more: %s', async (_case, body, headers) => {
    await expect(readBody(request(body, headers), 10)).rejects.toMatchObject({ code: 'ERR_BODY_TOO_LARGE' });
  });

  it('does not read what is announced as too large', async () => {
    const unread = {
      ...request(Buffer.alloc(0), { 'content-length': '11' }),
      arrayBuffer: () => Promise.reject(new Error('read')),
    };
    await expect(readBody(unread, 10)).rejects.toMatchObject({ code: 'ERR_BODY_TOO_LARGE' });
  });

  it.each([
    ['nothing', {}, 'ERR_BODY_MISSING'],
    ['nothing, as announced', { 'content-length': '0' }, 'ERR_BODY_MISSING'],
    ['chunks, which the Functions host drops', { 'transfer-encoding': 'chunked' }, 'ERR_BODY_UNANNOUNCED'],
  ])('%s', async (_case, headers, code) => {
    await expect(readBody(request(new Uint8Array(), headers), 10)).rejects.toMatchObject({ code });
  });
});

describe('an answer', () => {
  it('says its length in octets and is not to be guessed at', async () => {
    const response = toResponse(respond(200, 'ü', 'text/plain', { 'x-more': '1' }));
    expect(Object.fromEntries(response.headers)).toEqual({
      'content-type': 'text/plain',
      'content-length': '2',
      'x-content-type-options': 'nosniff',
      'x-more': '1',
    });
    expect(await response.text()).toBe('ü');
  });

  it('in words is not kept by anybody', async () => {
    const response = toResponse(respondText(404, 'Not here.'));
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.text()).toBe('Not here.\n');
  });
});

describe('a failure', () => {
  it.each(Object.keys(ERRORS) as ErrorCode[])('%s has a status, and says its code alone', async (code) => {
    const error = new SkepError(code, { detail: 'for the log only', cause: new Error('why') });
    const response = toResponse(respondError(error));
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect([500, 501, 502, 504]).not.toContain(response.status);
    const body = await response.text();
    expect(body).toBe(`${code}: ${ERRORS[code].means}\n`);
    const retryAfter = response.headers.get('retry-after');
    if (response.status === 503 || response.status === 429) expect(Number(retryAfter)).toBeGreaterThan(0);
    else expect(retryAfter).toBeNull();
  });

  it('says when to come back, if it is known', () => {
    const error = new SkepError('ERR_BUSY', { retryAfterSeconds: 7 });
    expect(respondError(error).headers['retry-after']).toBe('7');
  });
});
