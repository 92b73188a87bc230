/** HTTP without a client's good manners: the bytes go out as written. */
import { once } from 'node:events';
import { connect } from 'node:net';

/**
 * Sends the text and reads until the server closes.
 * @param text what to send, line ends included; without `Connection: close` the server decides when to end.
 */
export async function sendRaw(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.write(text, 'latin1');
  await once(socket, 'close');
  return Buffer.concat(chunks).toString('latin1');
}

/** One request with these lines and an end. */
export function requestText(requestLine: string, headers: readonly string[] = [], body = ''): string {
  return [requestLine, 'Host: localhost', 'Connection: close', ...headers, '', body].join('\r\n');
}
