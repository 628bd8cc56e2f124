// kong.conf: what stands in the file and what comes of it, as Kong reads it.
import { expect, test } from 'vitest';
import { parseConfFile } from '../../../../src/cli/kong-settings/conf-file.ts';

function check(text: string, expected: Readonly<Record<string, string>> | string): void {
  const read = parseConfFile(text);
  if (typeof expected === 'string') expect(read).toEqual({ ok: false, error: expected });
  else expect(read.ok && Object.fromEntries(read.value)).toEqual(expected);
}

test.each<[string, string, Readonly<Record<string, string>> | string]>([
  ['nothing', '', {}],
  ['only comments', '# a = b\n  # c\n; d = e\n\n', {}],
  ['a value', 'database = off', { database: 'off' }],
  ['no spaces', 'database=off', { database: 'off' }],
  [
    'tabs and ends of lines',
    '\tdatabase\t=\toff\t\r\nlog_level = info\r',
    { database: 'off', log_level: 'info' },
  ],
  ['a byte order mark', '\ufeffdatabase = off', { database: 'off' }],
  ['a comment behind', 'database = off  # no Postgres', { database: 'off' }],
  ['a comment without a space', 'database = off# no', { database: 'off' }],
  ['an escaped #', 'pg_password = a\\#b # c', { pg_password: 'a#b' }],
  ['double quotes', 'prefix = "/usr/local/kong"', { prefix: '/usr/local/kong' }],
  ['single quotes', "prefix = '/usr/local/kong'", { prefix: '/usr/local/kong' }],
  ['quotes and a comment', 'prefix = "/a b" # c', { prefix: '/a b' }],
  ['a # in quotes is a comment too', 'prefix = "/a # b"', { prefix: '/a' }],
  ['one quote', 'prefix = "/a', { prefix: '"/a' }],
  ['no value', 'trusted_ips =', { trusted_ips: '' }],
  ['only a comment for a value', 'trusted_ips = # none', { trusted_ips: '' }],
  ['= in a value', 'proxy_listen = 0.0.0.0:8000 backlog=5', { proxy_listen: '0.0.0.0:8000 backlog=5' }],
  ['a list', 'trusted_ips = 10.0.0.0/8, ::1', { trusted_ips: '10.0.0.0/8, ::1' }],
  [
    'joined lines',
    'trusted_ips = 10.0.0.0/8,\\\n  ::1\nlog_level = info',
    { trusted_ips: '10.0.0.0/8,  ::1', log_level: 'info' },
  ],
  ['a backslash in a comment joins nothing', '# a \\\nlog_level = info', { log_level: 'info' }],
  ['the last one counts', 'log_level = info\nlog_level = warn', { log_level: 'warn' }],
  ['capitals', 'LOG_LEVEL = info', { log_level: 'info' }],
  ['no =', 'log_level = info\nsecret', "line 2: not 'name = value'"],
  ['no name', '= info', "line 1: not 'name = value'"],
  ['a section', '[kong]\nlog_level = info', "line 1: not 'name = value'"],
  ['the line after joined ones', 'a = b\\\nc\n???', "line 3: not 'name = value'"],
])('%s', (_name, text, expected) => check(text, expected));
