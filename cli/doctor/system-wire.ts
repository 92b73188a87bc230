/** @module The real network: each exchange on a connection of its own, so that each shows its own handshake. */
import { lookup } from 'node:dns/promises';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { checkServerIdentity, connect as connectTls, type PeerCertificate, rootCertificates } from 'node:tls';
import type { Clock } from '../../lib/base/clock.js';
import { exchange } from './http-exchange.js';
import { tapSocket } from './tapped-socket.js';
import { createRecordWatch, type RecordWatch } from './tls-records.js';
import {
  codeOf,
  toWireError,
  WireError,
  type Handshake,
  type Place,
  type TlsVersion,
  type Wire,
} from './wire.js';

export interface SystemWireOptions {
  readonly clock: Clock;
  /** PEM certificates to trust beside those that Node.js trusts. */
  readonly trusted?: string;
  /** For one connection or exchange; a function app that sleeps takes some seconds to wake. Default 30 000. */
  readonly timeoutMs?: number;
}

export function createSystemWire({ clock, trusted, timeoutMs = 30_000 }: SystemWireOptions): Wire {
  const ca = trusted === undefined ? undefined : [...rootCertificates, trusted];

  async function openTls(place: Place, version: TlsVersion, strict: boolean, watch: RecordWatch) {
    const raw = await openTcp(place, timeoutMs);
    const name = isIP(place.host) ? {} : { servername: place.host };
    const socket = connectTls({
      socket: tapSocket(raw, (chunk) => {
        watch.see(chunk);
      }),
      host: place.host,
      ...name,
      minVersion: version,
      maxVersion: version,
      rejectUnauthorized: strict,
      ...(ca ? { ca } : {}),
    });
    await settle(socket, 'secureConnect', timeoutMs);
    return socket;
  }

  return {
    async resolve(host) {
      try {
        return (await lookup(host, { all: true })).map(({ address }) => address);
      } catch (cause) {
        throw toWireError(cause);
      }
    },

    async connect(place) {
      (await openTcp(place, timeoutMs)).destroy();
    },

    async shake(place, version): Promise<Handshake> {
      const watch = createRecordWatch();
      const socket = await openTls(place, version, false, watch);
      const shown = socket.getPeerCertificate();
      const fault = socket.authorizationError as unknown;
      const nameFault = checkServerIdentity(place.host, shown);
      socket.destroy();
      return {
        protocol: socket.getProtocol() ?? version,
        // A name that does not fit is reported on its own, and only when nothing else is wrong.
        ...(fault && !nameFaults(fault) ? { trustFault: codeOf(fault) } : {}),
        certificate: {
          subject: nameOf(shown.subject),
          issuer: nameOf(shown.issuer),
          notBefore: new Date(shown.valid_from),
          notAfter: new Date(shown.valid_to),
          ...(nameFault ? { nameFault: nameFault.message } : {}),
        },
        certificateRequested: watch.certificateRequested,
      };
    },

    async send(request) {
      const url = new URL(request.url);
      const place = placeOf(url);
      const watch = createRecordWatch();
      const socket =
        url.protocol === 'https:'
          ? await openTls(place, 'TLSv1.2', true, watch)
          : await openTcp(place, timeoutMs);
      try {
        return {
          ...(await exchange(request, url, socket, clock, timeoutMs)),
          renegotiated: watch.renegotiated,
        };
      } catch (cause) {
        // A server that begins anew is told apart from one that merely hangs up.
        throw watch.renegotiated ? new WireError('RENEGOTIATED', { cause }) : toWireError(cause);
      } finally {
        socket.destroy();
      }
    },
  };
}

/** Where a URL leads. */
export const placeOf = ({ hostname, port, protocol }: URL): Place => ({
  host: hostname.replace(/^\[|\]$/g, ''),
  port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
});

async function openTcp({ host, port }: Place, timeoutMs: number): Promise<Socket> {
  const socket = connectTcp({ host, port });
  await settle(socket, 'connect', timeoutMs);
  return socket;
}

function settle(socket: Duplex, event: 'connect' | 'secureConnect', timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => socket.destroy(new WireError('ETIMEDOUT')), timeoutMs);
    socket.once(event, () => {
      clearTimeout(timer);
      resolve();
    });
    // Stays: a later error of this socket must not end the process.
    socket.on('error', (error) => {
      clearTimeout(timer);
      reject(toWireError(error));
    });
    socket.once('close', () => {
      clearTimeout(timer);
      reject(new WireError('ECONNRESET'));
    });
  });
}

const nameFaults = (fault: unknown): boolean => codeOf(fault) === 'ERR_TLS_CERT_ALTNAME_INVALID';

const nameOf = (name: PeerCertificate['subject']): string =>
  Object.entries(name)
    .map(([key, value]) => `${key}=${String(value)}`)
    .join(', ');
