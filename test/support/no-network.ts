/** No test reaches beyond this machine: a fetch of anything but loopback throws. */
import { beforeAll } from 'vitest';

const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost']);

beforeAll(() => {
  const real = globalThis.fetch;
  globalThis.fetch = (input, init) => {
    const url = new URL(input instanceof Request ? input.url : String(input));
    if (!LOOPBACK.has(url.hostname)) throw new Error(`a test tried to reach ${url.hostname}`);
    return real(input, init);
  };
});
