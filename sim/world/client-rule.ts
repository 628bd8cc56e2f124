// Whose certificates of clients simulated gateways believe, where they ask for them.
import type { WorkerOptions } from '../../src/proxy/server/protocol.ts';
import { keyPairs } from './key-pairs.ts';

export const askingEverybody: NonNullable<WorkerOptions['clientCertificates']>[number] = {
  name: '',
  verify: 'optional',
  trust: { id: 'fourth', certificateAuthorities: [keyPairs.fourth.cert], verifyDepth: 1 },
};
