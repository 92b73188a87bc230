/** @module The line between the devices and the server: it remembers what never changes, and can lose answers. */
import type { Fetch } from '../../../dev/scep-client/index.js';

export interface SeenAnswer {
  readonly status: number;
  readonly retryAfter: string | null;
}

export interface DeviceLine {
  readonly fetch: Fetch;
  /** PKIOperations under way. */
  readonly underWay: number;
  /** To PKIOperations, in order. */
  readonly answers: readonly SeenAnswer[];
  /** From now on the server's answers to PKIOperations are lost, or no longer. */
  loseAnswers(lose: boolean): void;
}

export function createDeviceLine(): DeviceLine {
  const remembered = new Map<string, Promise<{ readonly body: ArrayBuffer; readonly type: string }>>();
  const answers: SeenAnswer[] = [];
  let losing = false;
  let underWay = 0;

  /** GetCACaps and GetCACert say the same to everybody. */
  async function get(url: string, init: RequestInit): Promise<Response> {
    const asked =
      remembered.get(url) ??
      fetch(url, patient(init)).then(async (response) => {
        if (!response.ok) throw new Error(`${url} answered ${response.status}`);
        return { body: await response.arrayBuffer(), type: response.headers.get('content-type') ?? '' };
      });
    remembered.set(url, asked);
    const { body, type } = await asked;
    return new Response(body, { headers: { 'content-type': type } });
  }

  async function post(url: string, init: RequestInit): Promise<Response> {
    const lost = losing;
    underWay += 1;
    try {
      const response = await fetch(url, patient(init));
      const body = await response.arrayBuffer();
      answers.push({ status: response.status, retryAfter: response.headers.get('retry-after') });
      if (lost) throw new TypeError('the answer was lost on its way');
      return new Response(body, response);
    } finally {
      underWay -= 1;
    }
  }

  return {
    fetch: (url, init) => (init.method === 'POST' ? post(url, init) : get(url, init)),
    get underWay() {
      return underWay;
    },
    answers,
    loseAnswers(lose) {
      losing = lose;
    },
  };
}

/**
 * A device that gives up after half a minute loses an answer that nobody meant to be lost: the machine's time is not the
 * test's, and a busy machine needs long.
 */
function patient({ signal: _impatience, ...init }: RequestInit): RequestInit {
  return init;
}
