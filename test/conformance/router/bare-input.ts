// A request about which nothing is known, to spread what a test is about into.
import type { MatchInput } from '../../../src/proxy/compile/compiled.ts';

export const bareInput: MatchInput = {
  method: 'GET',
  isTls: false,
  scheme: 'http',
  host: '',
  hostPort: 80,
  rawHost: '',
  serverName: '',
  query: '',
  clientAddress: '10.9.8.7',
  clientPort: 40_000,
  serverAddress: '10.0.0.1',
  foldedHeaderValues: () => [],
};
