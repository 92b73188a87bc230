/** @module What `openssl cms` puts where SCEP has its EnvelopedData. */
import type { Row, Rows } from './row.js';

const sealed = (outcome: Row['outcome'], seal: Required<Row>['seal']): Row => ({ outcome, seal });
const OAEP = ['-keyopt', 'rsa_padding_mode:oaep'];

export const ENVELOPES: Rows = {
  'an honest envelope with OAEP': sealed('issued', ({ recipient }) => [
    '-encrypt', '-aes128', '-recip', recipient, ...OAEP,
  ]), // prettier-ignore
  'a stranger’s certificate': sealed('ERR_SCEP_RECIPIENT', ({ stranger }) => [
    '-encrypt',
    '-aes256',
    stranger,
  ]),
  'a password': sealed('ERR_SCEP_RECIPIENT', () => ['-encrypt', '-aes256', '-pwri_password', 'x']),
  'AES-GCM': sealed('ERR_SCEP_BAD_MESSAGE', ({ recipient }) => ['-encrypt', '-aes-256-gcm', recipient]),
  Camellia: sealed('ERR_SCEP_ALGORITHM', ({ recipient }) => ['-encrypt', '-camellia256', recipient]),
  'OAEP with a label': sealed('ERR_SCEP_ALGORITHM', ({ recipient }) => [
    '-encrypt', '-aes256', '-recip', recipient, ...OAEP, '-keyopt', 'rsa_oaep_label:616263',
  ]), // prettier-ignore
  'a digest in place of an envelope': sealed('ERR_SCEP_BAD_MESSAGE', () => ['-digest_create']),
  'data in place of an envelope': sealed('ERR_SCEP_BAD_MESSAGE', () => ['-data_create']),
};
