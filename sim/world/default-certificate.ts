// What simulated gateways show to TLS clients whose name has no certificate.
import type { WorkerOptions } from '../../src/proxy/server/protocol.ts';
import { keyPairs } from './key-pairs.ts';

export const defaultCertificate: NonNullable<WorkerOptions['defaultCertificate']> = {
  id: 'default',
  ...keyPairs.default,
};
