/** @module The local Functions host with the app of one folder, and nothing else: its start is measured. */
import { startLocalHost } from '../../dev/host/host.js';

const [, , appDir = ''] = process.argv;
const host = await startLocalHost({ appDir, port: 0, log: () => undefined });
console.log(host.url);
