// Targets that are names, and services whose host is one: which peers a balancer has for what the names stand for, with which
// weights and Host headers, and that a change touches what it concerns and nothing else.
import { expect, test } from 'vitest';
import { emptyConfig, type GatewayConfig } from '../../../src/kong/config.ts';
import { decodeDeclarative } from '../../../src/kong/decode.ts';
import { diffConfigs } from '../../../src/kong/delta.ts';
import type { CompiledService } from '../../../src/proxy/compile/compiled.ts';
import { createCompiler } from '../../../src/proxy/compile/compiler.ts';
import {
  absentAnswer,
  failedAnswer,
  type NameAnswer,
  type NameChange,
} from '../../../src/proxy/names/answer.ts';
import { addressesOf } from '../../../src/proxy/names/target-addresses.ts';
import type { Endpoint, EndpointRegistry } from '../../../src/proxy/upstream/endpoint.ts';
import { bareInput } from '../../conformance/router/bare-input.ts';
import { createManualClock } from '../controllers/manual-clock.ts';

/** 'address[:port[*weight]][@service name]'; IPv6 is not needed here. */
function known(type: 'A' | 'SRV', ...addresses: readonly string[]): NameAnswer {
  return {
    state: 'known',
    type,
    addresses: addresses.map((text) => {
      const [at = '', serviceName = ''] = text.split('@');
      const [, host = '', port = '0', weight = '0'] = /^([\d.]+)(?::(\d+))?(?:\*(\d+))?$/.exec(at)!;
      return { host, port: Number(port ?? 0), weight: Number(weight ?? 0), serviceName };
    }),
  };
}

interface Counted extends EndpointRegistry {
  /** References by key. */
  readonly references: Map<string, number>;
  made: number;
}

function createEndpoints(): Counted {
  const references = new Map<string, number>();
  const endpoints = new Map<string, Endpoint>();
  const counted: Counted = {
    references,
    made: 0,
    acquire(host, port, tls) {
      const key = `${tls === null ? '' : `${tls.serverName} `}${host}:${port}`;
      references.set(key, (references.get(key) ?? 0) + 1);
      let endpoint = endpoints.get(key);
      if (endpoint === undefined) {
        endpoint = { key, host, port };
        endpoints.set(key, endpoint);
        counted.made++;
      }
      return endpoint;
    },
    release({ key }) {
      const left = references.get(key)! - 1;
      if (left > 0) references.set(key, left);
      else {
        references.delete(key);
        endpoints.delete(key);
      }
    },
  };
  return counted;
}

function createRig(document: Record<string, unknown>) {
  const endpoints = createEndpoints();
  const shared = {
    health: new Int32Array(64),
    shares: new Int32Array(64),
    counters: new Int32Array(1),
    statistics: new Float64Array(1),
    routes: [],
  };
  const compiler = createCompiler({
    env: { clock: createManualClock() },
    endpoints,
    shared,
    handlers: new Map(),
  });
  let config: GatewayConfig = emptyConfig;
  let slot = 0;
  const step = (next: GatewayConfig, names: readonly NameChange[]): void => {
    const answers = new Map(names);
    const slots = [...next.entities.targets.values()].flatMap((target) =>
      addressesOf(target, (name) => answers.get(name) ?? null).map(
        ({ slotKey }) => [slotKey, slot++] as const,
      ),
    );
    const job = compiler.begin(diffConfigs(config, next), { slots, rows: [], names });
    while (!job.step()) {}
    config = next;
  };
  const decode = (text: Record<string, unknown>): GatewayConfig => {
    const decoded = decodeDeclarative({ _format_version: '3.0', ...text });
    if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
    return decoded.value;
  };
  const start = decode(document);
  return {
    endpoints,
    apply: (text: Record<string, unknown>, names: readonly NameChange[] = []) => step(decode(text), names),
    names: (...names: readonly NameChange[]) => step(config, names),
    start: (...names: readonly NameChange[]) => step(start, names),
    service(path = '/'): CompiledService {
      const into = { route: null, prefixLength: 0, captures: null };
      compiler.current.match(bareInput, path, into);
      return (into.route as unknown as { service: CompiledService }).service;
    },
    /** 'address:port*weight Host' of each peer; the state of the names where there are none. */
    peers(): readonly string[] | string {
      const { peers, names } = this.service().balancer.list;
      if (peers.length === 0) return names;
      return peers.map(({ endpoint, weight, hostHeader }) => `${endpoint.key}*${weight} ${hostHeader}`);
    },
  };
}

const routes = [{ name: 'all', paths: ['/'] }];
const upstreamOf = (upstream: Record<string, unknown>, service: Record<string, unknown> = {}) => ({
  services: [{ name: 's', host: 'up', ...service, routes }],
  upstreams: [{ name: 'up', ...upstream }],
});
const named = upstreamOf({ targets: [{ target: 'a.example:81', weight: 7 }] });
const plain = (service: Record<string, unknown>) => ({ services: [{ name: 's', routes, ...service }] });

interface Case {
  readonly document: Record<string, unknown>;
  readonly names: readonly NameChange[];
  readonly peers: readonly string[] | string;
}

const cases: Readonly<Record<string, Case>> = {
  'addresses of a name have the weight and port of the target': {
    document: named,
    names: [['a.example', known('A', '10.0.0.1', '10.0.0.2')]],
    peers: ['10.0.0.1:81*7 a.example:81', '10.0.0.2:81*7 a.example:81'],
  },
  'SRV brings its own': {
    document: named,
    names: [['a.example', known('SRV', '10.0.0.1:9000*3@one.example', '10.0.0.2:9001*5@two.example')]],
    peers: ['10.0.0.1:9000*3 a.example:9000', '10.0.0.2:9001*5 a.example:9001'],
  },
  'use_srv_name asks for the name in the record': {
    document: upstreamOf({ use_srv_name: true, targets: [{ target: 'a.example:81' }] }),
    names: [['a.example', known('SRV', '10.0.0.1:80*3@one.example')]],
    peers: ['10.0.0.1:80*3 one.example'],
  },
  'host_header is asked for before either': {
    document: upstreamOf({ host_header: 'h.example', targets: [{ target: 'a.example:81' }] }),
    names: [['a.example', known('A', '10.0.0.1')]],
    peers: ['10.0.0.1:81*100 h.example:81'],
  },
  'TLS asks for the name, not the address': {
    document: upstreamOf({ targets: [{ target: 'a.example:443' }] }, { protocol: 'https' }),
    names: [['a.example', known('A', '10.0.0.1')]],
    peers: ['a.example 10.0.0.1:443*100 a.example'],
  },
  'names are not told apart by their case': {
    document: upstreamOf({ targets: [{ target: 'A.Example:81' }] }),
    names: [['a.example', known('A', '10.0.0.1')]],
    peers: ['10.0.0.1:81*100 a.example:81'],
  },
  'addresses beside names': {
    document: upstreamOf({ targets: [{ target: 'a.example:81' }, { target: '10.0.0.9:80', weight: 5 }] }),
    names: [['a.example', known('A', '10.0.0.1')]],
    peers: ['10.0.0.9:80*5 10.0.0.9', '10.0.0.1:81*100 a.example:81'],
  },
  'targets in the order of their names, addresses in that of their texts': {
    document: upstreamOf({ targets: [{ target: 'b.example:80' }, { target: 'a.example:80' }] }),
    names: [
      ['b.example', known('A', '10.0.0.1')],
      ['a.example', known('A', '10.0.0.10', '10.0.0.9')],
    ],
    peers: ['10.0.0.10:80*100 a.example', '10.0.0.9:80*100 a.example', '10.0.0.1:80*100 b.example'],
  },
  'a target of weight 0 gets nothing': {
    document: upstreamOf({ targets: [{ target: 'a.example:81', weight: 0 }] }),
    names: [['a.example', known('SRV', '10.0.0.1:81*5')]],
    peers: 'settled',
  },
  'no answer yet': { document: named, names: [], peers: 'waiting' },
  'no such name': { document: named, names: [['a.example', absentAnswer]], peers: 'unresolved' },
  'nobody could tell': { document: named, names: [['a.example', failedAnswer]], peers: 'unresolved' },
  'one name is answered, the other is not': {
    document: upstreamOf({ targets: [{ target: 'a.example:81' }, { target: 'b.example:81' }] }),
    names: [['a.example', known('A', '10.0.0.1')]],
    peers: ['10.0.0.1:81*100 a.example:81'],
  },
  'a service without an upstream': {
    document: plain({ host: 'a.example', port: 8080 }),
    names: [['a.example', known('A', '10.0.0.1', '10.0.0.2')]],
    peers: ['10.0.0.1:8080*1 a.example:8080', '10.0.0.2:8080*1 a.example:8080'],
  },
  'with SRV': {
    document: plain({ host: 'a.example', port: 8080 }),
    names: [['a.example', known('SRV', '10.0.0.1:80*3@one.example')]],
    peers: ['10.0.0.1:80*3 a.example'],
  },
  'that waits': { document: plain({ host: 'a.example' }), names: [], peers: 'waiting' },
  'whose name is not known': {
    document: plain({ host: 'a.example' }),
    names: [['a.example', absentAnswer]],
    peers: 'unresolved',
  },
  'whose host is an address': {
    document: plain({ host: '10.0.0.5' }),
    names: [],
    peers: ['10.0.0.5:80*1 10.0.0.5'],
  },
};

test.each(Object.entries(cases))('%s', (_name, { document, names, peers }) => {
  const rig = createRig(document);
  rig.start(...names);
  expect(rig.peers()).toEqual(peers);
});

test('an answer that comes later shows at once, and what stays keeps its connections', () => {
  const rig = createRig(named);
  rig.start();
  const { balancer } = rig.service();
  rig.names(['a.example', known('A', '10.0.0.1', '10.0.0.2')]);
  expect(rig.peers()).toEqual(['10.0.0.1:81*7 a.example:81', '10.0.0.2:81*7 a.example:81']);
  rig.names(['a.example', known('A', '10.0.0.2', '10.0.0.3')]);
  expect(rig.peers()).toEqual(['10.0.0.2:81*7 a.example:81', '10.0.0.3:81*7 a.example:81']);
  expect([...rig.endpoints.references]).toEqual([
    ['10.0.0.2:81', 1],
    ['10.0.0.3:81', 1],
  ]);
  expect(rig.endpoints.made).toBe(3);
  // Running requests keep the balancer, so their retries see the new addresses too.
  expect(rig.service().balancer).toBe(balancer);
  rig.names(['a.example', absentAnswer]);
  expect([rig.peers(), rig.endpoints.references.size]).toEqual(['unresolved', 0]);
});

test('a service without an upstream follows its name, and lets go of it when the upstream comes', () => {
  const document = plain({ host: 'up', port: 81 });
  const rig = createRig(document);
  rig.start(['up', known('A', '10.0.0.1')]);
  rig.names(['up', known('A', '10.0.0.2')]);
  expect(rig.peers()).toEqual(['10.0.0.2:81*1 up:81']);
  expect([...rig.endpoints.references.keys()]).toEqual(['10.0.0.2:81']);
  rig.apply({ ...document, upstreams: [{ name: 'up', targets: [{ target: '10.0.0.7:80' }] }] }, [
    ['up', null],
  ]);
  expect(rig.peers()).toEqual(['10.0.0.7:80*100 10.0.0.7']);
  expect([...rig.endpoints.references.keys()]).toEqual(['10.0.0.7:80']);
  rig.apply(document, [['up', known('A', '10.0.0.3')]]);
  expect(rig.peers()).toEqual(['10.0.0.3:81*1 up:81']);
  expect([...rig.endpoints.references.keys()]).toEqual(['10.0.0.3:81']);
});

test('a change of the upstream or of a target while a name is known', () => {
  const rig = createRig(named);
  rig.start(['a.example', known('A', '10.0.0.1', '10.0.0.2')]);
  rig.apply(upstreamOf({ host_header: 'h', targets: [{ target: 'a.example:81', weight: 7 }] }));
  expect(rig.peers()).toEqual(['10.0.0.1:81*7 h:81', '10.0.0.2:81*7 h:81']);
  rig.apply(upstreamOf({ targets: [{ target: 'a.example:82', weight: 9 }] }));
  expect(rig.peers()).toEqual(['10.0.0.1:82*9 a.example:82', '10.0.0.2:82*9 a.example:82']);
  rig.apply(upstreamOf({ targets: [{ target: '10.0.0.5:82' }] }));
  expect(rig.peers()).toEqual(['10.0.0.5:82*100 10.0.0.5:82']);
  expect([...rig.endpoints.references]).toEqual([['10.0.0.5:82', 1]]);
});
