// Options of the commands that serve requests, `proxy` and `run`.
import type { OptionSpec } from './command.ts';

export const portOptionSpecs = {
  'proxy-port': {
    type: 'string',
    value: 'PORT',
    default: '8000',
    help: 'plain HTTP; 0 = any free port, off = none',
  },
  'proxy-tls-port': {
    type: 'string',
    value: 'PORT',
    default: '8443',
    help: 'HTTPS; 0 = any free port, off = none',
  },
} as const satisfies Readonly<Record<string, OptionSpec>>;

export const workersOption = {
  type: 'string',
  value: 'N',
  help: 'worker threads; default: one for each processor that the process may use',
} as const satisfies OptionSpec;

export const drainSecondsOption = {
  type: 'string',
  value: 'SECONDS',
  default: '30',
  help: 'how long open requests may take after SIGTERM or Ctrl-C',
} as const satisfies OptionSpec;
