/**
 * @module What a TLS 1.2 server says in the clear (RFC 5246 sections 6.2.1 and 7.4): whether it asks for a client
 * certificate, and whether it begins a second handshake later, which is how IIS and App Service ask late.
 */
export interface RecordWatch {
  /** Takes what came from the server, in pieces of any size. */
  see(chunk: Uint8Array): void;
  /** A CertificateRequest in the first handshake. */
  readonly certificateRequested: boolean;
  /** A handshake record after the first handshake was over. */
  readonly renegotiated: boolean;
}

const CONTENT = { changeCipherSpec: 20, handshake: 22 } as const;
const CERTIFICATE_REQUEST = 13;
const RECORD_HEADER = 5;
const MESSAGE_HEADER = 4;

export function createRecordWatch(): RecordWatch {
  let records: Buffer = Buffer.alloc(0);
  let messages: Buffer = Buffer.alloc(0);
  let encrypted = false;
  let finished = false;
  let certificateRequested = false;
  let renegotiated = false;

  /** Messages may share a record, or be spread over several. */
  function readMessages(): void {
    while (messages.length >= MESSAGE_HEADER) {
      const end = MESSAGE_HEADER + messages.readUIntBE(1, 3);
      if (messages.length < end) return;
      if (messages[0] === CERTIFICATE_REQUEST) certificateRequested = true;
      messages = messages.subarray(end);
    }
  }

  function readRecord(type: number | undefined, content: Buffer): void {
    if (type === CONTENT.changeCipherSpec) encrypted = true;
    if (type !== CONTENT.handshake) return;
    if (!encrypted) {
      messages = Buffer.concat([messages, content]);
      readMessages();
    } else if (finished) renegotiated = true;
    else finished = true;
  }

  return {
    see(chunk) {
      records = Buffer.concat([records, chunk]);
      while (records.length >= RECORD_HEADER) {
        const end = RECORD_HEADER + records.readUInt16BE(3);
        if (records.length < end) return;
        readRecord(records[0], records.subarray(RECORD_HEADER, end));
        records = records.subarray(end);
      }
    },
    get certificateRequested() {
      return certificateRequested;
    },
    get renegotiated() {
      return renegotiated;
    },
  };
}
