// What resolv.conf and hosts files say; the rules are those of resolv.conf(5) and hosts(5).
import { expect, test } from 'vitest';
import { parseHosts, parseResolvConf } from '../../../src/proxy/names/system-files.ts';

const none = { searchDomains: [], ndots: 1, timeoutMs: null, tries: null };

test.each<[string, string, Record<string, string>, object]>([
  ['nothing', '', {}, none],
  [
    "a pod's",
    'nameserver 10.96.0.10\nsearch shop.svc.cluster.local svc.cluster.local cluster.local\noptions ndots:5\n',
    {},
    {
      ...none,
      searchDomains: ['shop.svc.cluster.local', 'svc.cluster.local', 'cluster.local'],
      ndots: 5,
    },
  ],
  ['a domain alone', 'domain Example.COM.', {}, { ...none, searchDomains: ['example.com'] }],
  [
    'the last of several',
    'search a.example\ndomain b.example',
    {},
    { ...none, searchDomains: ['b.example'] },
  ],
  ['the root is no domain', 'search .', {}, none],
  ['times', 'options timeout:3 attempts:2 rotate', {}, { ...none, timeoutMs: 3_000, tries: 2 }],
  [
    'more than there may be',
    'options timeout:99 attempts:99 ndots:99',
    {},
    { ...none, timeoutMs: 30_000, tries: 5, ndots: 15 },
  ],
  ['less', 'options timeout:0 attempts:0 ndots:0', {}, { ...none, ndots: 0 }],
  ['what is no number', 'options ndots:many timeout', {}, none],
  ['comments and rubbish', '# search x\n; y\nnonsense\n', {}, none],
  [
    'the environment comes after the file',
    'search a.example\noptions ndots:2',
    { LOCALDOMAIN: 'b.example c.example', RES_OPTIONS: 'ndots:3' },
    { ...none, searchDomains: ['b.example', 'c.example'], ndots: 3 },
  ],
])('resolv.conf: %s', (_what, text, environment, expected) => {
  expect(parseResolvConf(text, environment)).toEqual(expected);
});

test('more search domains than anybody needs are left out', () => {
  const all = Array.from({ length: 100 }, (_, i) => `d${i}.example`);
  expect(parseResolvConf(`search ${all.join(' ')}`).searchDomains).toEqual(all.slice(0, 32));
});

test('a hosts file', () => {
  const text = `
127.0.0.1  localhost
::1        localhost ip6-localhost # both kinds
10.0.0.1   Db.Example db
10.0.0.2   db   # the first counts
not-an-address  x
10.0.0.3
`;
  expect(Object.fromEntries(parseHosts(text))).toEqual({
    localhost: { ipv4: '127.0.0.1', ipv6: '::1' },
    'ip6-localhost': { ipv4: null, ipv6: '::1' },
    'db.example': { ipv4: '10.0.0.1', ipv6: null },
    db: { ipv4: '10.0.0.1', ipv6: null },
  });
});
