/** @module A front door before the CA, as Azure has one before every app: it forwards, or says 404 while the app is off. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FrontDoor {
  /** Without a slash at its end. */
  readonly url: string;
  /** Turns the app behind it off and on. */
  setOpen(open: boolean): void;
  close(): Promise<void>;
}

/** @param origin where the app really is. */
export async function openFrontDoor(origin: string): Promise<FrontDoor> {
  let isOpen = true;
  const server = createServer((request, response) => {
    const forward = async () => {
      const body: Uint8Array[] = [];
      for await (const chunk of request) body.push(chunk as Uint8Array);
      if (!isOpen) {
        response.writeHead(404, { 'content-type': 'text/plain' }).end('The app is stopped.');
        return;
      }
      const answer = await fetch(`${origin}${request.url ?? '/'}`, {
        method: request.method ?? 'GET',
        headers: {
          'user-agent': request.headers['user-agent'] ?? '',
          ...(request.headers['content-type'] && { 'content-type': request.headers['content-type'] }),
        },
        ...(body.length > 0 && { body: Buffer.concat(body) }),
      });
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
      response.end(Buffer.from(await answer.arrayBuffer()));
    };
    forward().catch(() => {
      response.writeHead(502).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    setOpen(open) {
      isOpen = open;
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
