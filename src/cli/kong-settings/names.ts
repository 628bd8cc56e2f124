// How names are resolved: the settings of Kong's two DNS clients, of which `new_dns_client` chooses one.
import { listOf, type OptionValue, type Outcome, refuse, switchOf } from './outcome.ts';
import {
  type GivenSetting,
  type ImplementedSetting,
  ignored,
  type KongSetting,
  type SettingType,
} from './setting.ts';

/** Where the settings of the newer client wait until it is known which one is used. */
const newer = (option: string): string => `newer ${option}`;
const clientOption = 'newer dns client';

function applyOrder(given: GivenSetting, outcome: Outcome): void {
  outcome.set(given, 'dns-order', listOf(given).join(','));
}

/** The newer client has an order of its own and never begins with the last type. */
function applyFamily(given: GivenSetting, outcome: Outcome): void {
  const families = listOf(given).map((word) => word.toUpperCase());
  const wrong = families.find((word) => !['A', 'AAAA', 'SRV'].includes(word));
  if (wrong !== undefined) refuse(given, `must be a list of A, AAAA and SRV, not '${wrong}'`);
  const order = ['SRV', 'A', 'AAAA'].filter((type) => families.includes(type));
  outcome.set(given, newer('dns-order'), order.join(','));
}

type Row = readonly [name: string, type: SettingType, preset: string | null, option: string, docs: string];

function applyAs(option: string, type: SettingType): ImplementedSetting['apply'] {
  if (type === 'list') return (given, outcome) => outcome.set(given, option, listOf(given));
  return (given, outcome) => outcome.set(given, option, given.value);
}

function rows(all: readonly Row[], isNewer: boolean): readonly KongSetting[] {
  return all.map(([name, type, preset, option, docs]) => ({
    kind: 'implemented',
    name,
    type,
    default: preset,
    option: `--${option}`,
    docs,
    apply: applyAs(isNewer ? newer(option) : option, type),
  }));
}

const onlyNewer = 'with `new_dns_client`; else it has no effect, which is told';

export const nameSettings: readonly KongSetting[] = [
  {
    kind: 'implemented',
    name: 'new_dns_client',
    type: 'boolean',
    default: 'off',
    option: null,
    docs: 'which settings count: `dns_*`, or `resolver_*`, where SRV is asked for only for names like `_http._tcp.example`',
    apply: (given, outcome) => outcome.set(given, clientOption, switchOf(given)),
  },
  ...rows(
    [
      ['dns_resolver', 'list', null, 'dns-resolver', 'DNS servers; without them those of resolv.conf'],
      [
        'dns_hostsfile',
        'string',
        '/etc/hosts',
        'dns-hostsfile',
        'names that are never asked for; read at the start',
      ],
      ['dns_valid_ttl', 'number', null, 'dns-valid-ttl', 'takes the place of the time that records have'],
      [
        'dns_stale_ttl',
        'number',
        '3600',
        'dns-stale-ttl',
        'how long old addresses are used while nobody answers',
      ],
      [
        'dns_not_found_ttl',
        'number',
        '30',
        'dns-not-found-ttl',
        'how long it is believed that a name does not exist',
      ],
      [
        'dns_error_ttl',
        'number',
        '1',
        'dns-error-ttl',
        'when it is asked again after a failure; after more in a row two, four, eight, sixteen times as late',
      ],
    ],
    false,
  ),
  {
    kind: 'implemented',
    name: 'dns_order',
    type: 'list',
    default: 'LAST,SRV,A,CNAME',
    option: '--dns-order',
    docs: 'which records are asked for; `CNAME` is taken, since aliases are followed anyway',
    apply: applyOrder,
  },
  ...rows(
    [
      ['resolver_address', 'list', null, 'dns-resolver', onlyNewer],
      ['resolver_hosts_file', 'string', '/etc/hosts', 'dns-hostsfile', onlyNewer],
      ['resolver_valid_ttl', 'number', null, 'dns-valid-ttl', onlyNewer],
      ['resolver_stale_ttl', 'number', '3600', 'dns-stale-ttl', onlyNewer],
      ['resolver_error_ttl', 'number', '1', 'dns-error-ttl', onlyNewer],
    ],
    true,
  ),
  {
    kind: 'implemented',
    name: 'resolver_family',
    type: 'list',
    default: 'A,SRV',
    option: '--dns-order',
    docs: `SRV, then A, then AAAA, as far as they are named; ${onlyNewer}`,
    apply: applyFamily,
  },
  ...ignored('every name that the configuration has is kept, and no other', [
    ['dns_cache_size', 'number', '10000'],
    ['resolver_lru_cache_size', 'number', '10000'],
    ['resolver_mem_cache_size', 'string', '5m'],
  ]),
  ...ignored('a name is asked for by one question at a time', [['dns_no_sync', 'boolean', 'off']]),
  ...ignored('`new_dns_client` is what chooses', [['legacy_dns_client', 'boolean', null]]),
];

/** The settings of the client that is used become options, those of the other are told to have no effect. */
export function settleNames({ options, warnings }: Outcome, isGiven: (option: string) => boolean): void {
  const client = options.get(clientOption);
  const isNewer = client?.value === true;
  options.delete(clientOption);
  const set = (option: string, value: OptionValue, source: string): void => {
    if (!isGiven(option)) options.set(option, { value, source });
  };
  for (const option of [...options.keys()]) {
    const isOfNewer = option.startsWith(newer(''));
    if (!isOfNewer && !option.startsWith('dns-')) continue;
    const { value, source } = options.get(option)!;
    if (isOfNewer === isNewer && !isOfNewer) continue;
    options.delete(option);
    if (isOfNewer && isNewer) set(option.slice(newer('').length), value, source);
    else warnings.push(`${source}: no effect: new_dns_client is ${isNewer ? 'on' : 'off'}`);
  }
  if (!isNewer) return;
  const source = client!.source;
  if (!options.has('dns-order')) set('dns-order', 'SRV,A', source);
  set('dns-srv-for-services', true, source);
}
