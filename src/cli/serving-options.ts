// Options of the commands that serve requests, `proxy` and `run`, and what they make of a gateway.
import { createLineSink } from '../io/line-sink.ts';
import { readMachine } from '../io/machine.ts';
import { accessLogOf, accessLogOption } from './access-log-option.ts';
import { adminOptionSpecs } from './admin-options.ts';
import { answerOptionSpecs, answersOf } from './answer-options.ts';
import { clientCertificateOptionSpecs, clientCertificatesOf } from './client-certificate-options.ts';
import { clientTimeOptionSpecs, clientTimesOf } from './client-time-options.ts';
import type { CommandInput, OptionSpec } from './command.ts';
import { defaultCertificateOf, defaultCertificateOptionSpecs } from './default-certificate-options.ts';
import { dnsOptionSpecs } from './dns-options.ts';
import type { GatewayOptions } from './gateway.ts';
import { kongConfOption } from './kong-settings/kong-settings.ts';
import { lastGoodOf, lastGoodOption } from './last-good-option.ts';
import { limitOptionSpecs, limitsOf } from './limit-options.ts';
import { logLevelOption } from './log-level-option.ts';
import { parseCount, parsePortOrOff } from './parse.ts';
import { readyFileOption } from './ready-file.ts';
import { recoverAfterMsOf, recoveryOption } from './recovery-option.ts';
import { routerFlavorOf, routerFlavorOption } from './router-flavor-option.ts';
import { tlsSpokenOf, tlsSpokenOptionSpecs } from './tls-spoken-options.ts';
import { trustedOf, trustedOptionSpecs } from './trusted-options.ts';
import { vaultOptionSpecs, vaultsOf } from './vault-options.ts';

const workersMax = 64;
const drainDeadlineSecondsMax = 3600;

export const servingOptionSpecs = {
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
  ...adminOptionSpecs,
  workers: {
    type: 'string',
    value: 'N',
    help: 'worker threads; default: one for each processor that the process may use',
  },
  'ready-file': readyFileOption,
  'kong-conf': kongConfOption,
  'log-level': logLevelOption,
  'access-log': accessLogOption,
  'recover-after': recoveryOption,
  'last-good': lastGoodOption,
  'router-flavor': routerFlavorOption,
  ...trustedOptionSpecs,
  ...clientCertificateOptionSpecs,
  ...defaultCertificateOptionSpecs,
  ...vaultOptionSpecs,
  ...answerOptionSpecs,
  ...limitOptionSpecs,
  ...tlsSpokenOptionSpecs,
  ...clientTimeOptionSpecs,
  ...dnsOptionSpecs,
  'drain-seconds': {
    type: 'string',
    value: 'SECONDS',
    default: '30',
    help: 'how long open requests may take after SIGTERM or Ctrl-C',
  },
} as const satisfies Readonly<Record<string, OptionSpec>>;

function workersOf(input: CommandInput): number {
  const workers = input.options['workers'] ?? String(Math.min(workersMax, readMachine().processors));
  return parseCount({ ...input, options: { ...input.options, workers } }, 'workers', 1, workersMax);
}

export function drainSecondsOf(input: CommandInput): number {
  return parseCount(input, 'drain-seconds', 0, drainDeadlineSecondsMax);
}

/** What the two tell a gateway alike: all but where its pages are, how names are resolved, and what it serves first. */
export function servingOf(
  input: CommandInput,
): Omit<GatewayOptions, 'host' | 'admin' | 'statusHost' | 'statusPort' | 'names' | 'log' | 'config'> {
  return {
    proxyPort: parsePortOrOff(input, 'proxy-port'),
    proxyTlsPort: parsePortOrOff(input, 'proxy-tls-port'),
    workers: workersOf(input),
    accessLog: accessLogOf(input),
    recoverAfterMs: recoverAfterMsOf(input),
    ...lastGoodOf(input),
    routerFlavor: routerFlavorOf(input),
    ...trustedOf(input),
    ...clientCertificatesOf(input),
    ...clientTimesOf(input),
    ...defaultCertificateOf(input),
    ...vaultsOf(input, process.env),
    limits: { ...answersOf(input), ...limitsOf(input), ...tlsSpokenOf(input) },
    writeAccessLines: createLineSink(process.stdout),
  };
}
