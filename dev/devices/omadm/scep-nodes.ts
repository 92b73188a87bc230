/** @module The nodes of ClientCertificateInstall/SCEP below {UniqueID}, as Microsoft's DDF describes them. */
import type { NodeSpec } from './node.js';

const SETTING = ['Add', 'Delete', 'Get', 'Replace'] as const;

const setting = (format: 'chr' | 'int', occurs: '1' | '0..1'): NodeSpec => ({
  format,
  access: SETTING,
  occurs,
});

/** Keys are paths below {UniqueID}; the empty one is {UniqueID} itself. */
export const SCEP_NODES = {
  '': { format: 'node', access: SETTING, occurs: '0..n' },
  Install: { format: 'node', access: SETTING, occurs: '1' },
  'Install/ServerURL': setting('chr', '1'),
  'Install/Challenge': setting('chr', '1'),
  'Install/EKUMapping': setting('chr', '1'),
  'Install/KeyUsage': setting('int', '1'),
  'Install/SubjectName': setting('chr', '1'),
  'Install/SubjectAlternativeNames': setting('chr', '0..1'),
  'Install/KeyProtection': setting('int', '0..1'),
  'Install/KeyLength': setting('int', '1'),
  'Install/HashAlgorithm': setting('chr', '1'),
  'Install/CAThumbprint': setting('chr', '1'),
  'Install/ValidPeriod': setting('chr', '0..1'),
  'Install/ValidPeriodUnits': setting('int', '0..1'),
  'Install/RetryCount': setting('int', '0..1'),
  'Install/RetryDelay': setting('int', '0..1'),
  'Install/TemplateName': setting('chr', '0..1'),
  'Install/ContainerName': setting('chr', '0..1'),
  'Install/CustomTextToShowInPrompt': setting('chr', '0..1'),
  'Install/AADKeyIdentifierList': setting('chr', '0..1'),
  'Install/Enroll': { format: 'null', access: ['Exec'], occurs: '1' },
  CertThumbprint: { format: 'chr', access: ['Get'], occurs: '0..1' },
  Status: { format: 'int', access: ['Get'], occurs: '1' },
  ErrorCode: { format: 'int', access: ['Get'], occurs: '0..1' },
  RespondentServerUrl: { format: 'chr', access: ['Get'], occurs: '1' },
} as const satisfies Record<string, NodeSpec>;

export type ScepNodeName = keyof typeof SCEP_NODES;

export const isScepNode = (name: string): name is ScepNodeName => Object.hasOwn(SCEP_NODES, name);

/** Settings without which Enroll is refused. */
export const REQUIRED_SETTINGS: readonly string[] = Object.entries(SCEP_NODES)
  .filter(([name, { format, occurs }]) => name.startsWith('Install/') && format !== 'null' && occurs === '1')
  .map(([name]) => name);
