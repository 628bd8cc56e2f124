// Where Kong writes, and how much. Everything here goes to standard output (access) and standard error (the rest).
import type { LogLevel } from '../../io/log.ts';
import { type Outcome, refuse } from './outcome.ts';
import { type GivenSetting, ignored, type KongSetting } from './setting.ts';

const levels: Readonly<Record<string, LogLevel>> = {
  debug: 'debug',
  info: 'info',
  notice: 'info',
  warn: 'warn',
  error: 'error',
  crit: 'error',
  alert: 'error',
  emerg: 'error',
};

function applyLogLevel(given: GivenSetting, outcome: Outcome): void {
  const level = Object.hasOwn(levels, given.value) ? levels[given.value] : undefined;
  if (level === undefined) refuse(given, `must be one of ${Object.keys(levels).join(', ')}`);
  outcome.set(given, 'log-level', level);
}

/** Kong's images link the second to the first. */
const standardOutput: readonly string[] = ['/dev/stdout', 'logs/access.log', '/proc/self/fd/1'];
const accessFormats: Readonly<Record<string, string>> = {
  kong_log_format: 'combined',
  combined: 'combined',
  json: 'json',
};

function applyAccessLog(given: GivenSetting, outcome: Outcome): void {
  const [path, name = 'combined', ...more] = given.value.split(/\s+/);
  if (path === 'off' || path === '/dev/null') {
    outcome.set(given, 'access-log', 'off');
    return;
  }
  if (!standardOutput.includes(path!))
    refuse(given, 'the access log goes to standard output: /dev/stdout, or off');
  const format = Object.hasOwn(accessFormats, name) ? accessFormats[name] : undefined;
  if (format === undefined || more.length > 0)
    refuse(given, 'after the path may stand combined, kong_log_format or json, no other format or parameter');
  outcome.set(given, 'access-log', format);
}

const standardError: readonly string[] = ['/dev/stderr', '/proc/self/fd/2', 'logs/error.log'];
const outputs: readonly string[] = [...standardError, ...standardOutput, '/dev/null', 'off'];

export const loggingSettings: readonly KongSetting[] = [
  {
    kind: 'implemented',
    name: 'log_level',
    type: 'string',
    default: 'notice',
    option: '--log-level',
    docs: '`notice` is `info` here; `crit`, `alert` and `emerg` are `error`',
    apply: applyLogLevel,
  },
  {
    kind: 'implemented',
    name: 'proxy_access_log',
    type: 'string',
    default: 'logs/access.log',
    option: '--access-log',
    docs: '`off`, `/dev/null`, or `/dev/stdout` (`logs/access.log`, as in the images of Kong) with nothing, `combined`, `kong_log_format` or `json` behind it; other paths, formats and parameters are refused',
    apply: applyAccessLog,
  },
  ...ignored('errors go to standard error', [['proxy_error_log', 'string', 'logs/error.log']], {
    toldUnless: standardError,
  }),
  ...ignored('streams are not proxied', [
    ['proxy_stream_access_log', 'string', 'logs/access.log basic'],
    ['proxy_stream_error_log', 'string', 'logs/error.log'],
  ]),
  ...ignored(
    'Admin API and status page write no access log',
    [
      ['admin_access_log', 'string', 'logs/admin_access.log'],
      ['status_access_log', 'string', 'off'],
    ],
    { toldUnless: outputs },
  ),
  ...ignored(
    'errors go to standard error',
    [
      ['admin_error_log', 'string', 'logs/error.log'],
      ['status_error_log', 'string', 'logs/status_error.log'],
    ],
    { toldUnless: outputs },
  ),
  ...ignored(
    'there is no tracing',
    [
      ['tracing_instrumentations', 'list', 'off'],
      ['opentelemetry_tracing', 'list', 'off'],
    ],
    { toldUnless: ['off'] },
  ),
  ...ignored('there is no tracing', [
    ['tracing_sampling_rate', 'number', '0.01'],
    ['opentelemetry_tracing_sampling_rate', 'number', '0.01'],
  ]),
  ...ignored('nothing is reported to anybody', [['anonymous_reports', 'boolean', 'on']]),
];
