/** @module A socket whose incoming bytes are shown to somebody on their way. */
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

/** TLS reads from an ordinary socket below JavaScript, so what is to be seen must pass through a stream. */
export function tapSocket(socket: Socket, see: (chunk: Uint8Array) => void): Duplex {
  const tapped = new Duplex({
    read() {
      socket.resume();
    },
    write(chunk: Uint8Array, _encoding, done) {
      socket.write(chunk, done);
    },
    final(done) {
      socket.end(done);
    },
    destroy(error, done) {
      socket.destroy();
      done(error);
    },
  });
  socket.on('data', (chunk: Uint8Array) => {
    see(chunk);
    if (!tapped.push(chunk)) socket.pause();
  });
  socket.on('end', () => tapped.push(null));
  socket.on('error', (error) => tapped.destroy(error));
  socket.on('close', () => tapped.destroy());
  return tapped;
}
