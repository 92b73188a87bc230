/** @module The local Functions host with the app of one folder, and nothing else: FOLDER [PORT]. Prints its address. */
import { startLocalHost } from '../../dev/host/host.js';

const [, , appDir = '', port = '0'] = process.argv;
const host = await startLocalHost({
  appDir,
  port: Number(port),
  log: ({ level, message }) => {
    if (level === 'error' || level === 'critical') console.error(message);
  },
});
console.log(host.url);
// Of whoever forked it; others stop it themselves.
process.once('disconnect', () => process.exit());
