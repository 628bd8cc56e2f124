// Defects of the gateway around requests: balancing, compiled tables, workers, draining.
import type { Canary } from './canary.ts';

export const gatewayCanaries: readonly Canary[] = [
  {
    name: 'nameless-clients-are-served',
    property: 'P16',
    summary: 'A connection that its client has reset before a worker took it is served, from no address.',
    file: 'src/proxy/server/serve.ts',
    find: "if (tcp.remoteAddress === '') return null;",
    replace: '',
  },
  {
    name: 'pools-by-port',
    property: 'P01',
    summary: 'Connections are shared between addresses.',
    file: 'src/proxy/upstream/pool.ts',
    find: 'if (tls === null) return `tcp:${host}:${port}`;',
    replace: 'if (tls === null) return `tcp:${port}`;',
  },
  {
    name: 'shorter-prefix-first',
    property: 'P01',
    summary: 'Of two prefixes that fit, the shorter one is tried first.',
    file: 'src/proxy/router/table.ts',
    find: 'if (a.low !== b.low) return b.low - a.low;',
    replace: 'if (a.low !== b.low) return a.low - b.low;',
  },
  {
    name: 'uses-old-connections-of-removed-targets',
    property: 'P05',
    summary: 'A target that is gone is used as long as a connection to it is open.',
    file: 'src/proxy/compile/upstreams.ts',
    find: `    for (const { endpoint } of gone) dropped.push(endpoint);
    return yield* held.balancer.prepare(listFor(held, upstream));`,
    replace: `    const stale = gone.filter(
      (peer) => peer.endpoint.idleCount > 0 && !held.peers.peers.some((other) => other.endpoint === peer.endpoint),
    );
    const list = listFor(held, upstream);
    return yield* held.balancer.prepare(listOf([...list.peers, ...stale], list.targetCount, list.threshold));`,
  },
  {
    name: 'change-of-targets-costs-a-request',
    property: 'P08',
    summary: 'The first request after a change of the targets finds none.',
    file: 'src/proxy/balance/round-robin.ts',
    find: '      this.#list = list;\n',
    replace: `      const { peers, ...rest } = list;
      let isFirst = this.#list.peers.length > 0 && peers.length > 0;
      this.#list = {
        ...rest,
        get peers() {
          if (!isFirst) return peers;
          isFirst = false;
          return [];
        },
      };
`,
  },
  {
    name: 'wheel-stands-still',
    property: 'P22',
    summary: 'The same target is chosen again and again.',
    file: 'src/proxy/balance/round-robin.ts',
    find: 'this.#next = at + 1;',
    replace: 'this.#next = at;',
  },
  {
    name: 'ring-of-addresses-alone',
    property: 'P23',
    summary: 'Ports have no part in where targets stand on the ring: not where Kong places them.',
    file: 'src/proxy/balance/hash-ring.ts',
    find: 'const name = `${peer.name}::${peer.endpoint.port} `;',
    replace: 'const name = `${peer.name} `;',
  },
  {
    name: 'ring-the-other-way-round',
    property: 'P23',
    summary: 'From a point of nobody a key goes up to the next target instead of down.',
    file: 'src/proxy/balance/consistent-hashing.ts',
    find: 'point = point === 0 ? points - 1 : point - 1;',
    replace: 'point = (point + 1) % points;',
  },
  {
    name: 'failures-of-others-unheard',
    property: 'P61',
    summary: 'Each worker has a memory of its own for the health of targets.',
    file: 'src/proxy/compile/upstreams.ts',
    find: '  const { model, endpoints, shared, clock } = deps;\n  const maker = createPeerMaker(deps);',
    replace: `  const { model, endpoints, clock } = deps;
  const shared = { ...deps.shared, health: deps.shared.health.slice() };
  const maker = createPeerMaker({ ...deps, shared });`,
  },
  {
    name: 'configs-heal',
    property: 'P61',
    summary: 'With every config all targets count as healthy again.',
    file: 'src/proxy/server/main.ts',
    find: '    const own = slots.apply(current, delta);',
    replace: `    shared.health.fill(0);
    const own = slots.apply(current, delta);`,
  },
  {
    name: 'failures-not-counted',
    property: 'P61',
    summary: 'What targets answer to requests makes none of them unhealthy.',
    file: 'src/proxy/balance/health.ts',
    find: '  update(words, slot, (word) => afterFailure(word, kind, limit));',
    replace: '  if (limit < 0) update(words, slot, (word) => afterFailure(word, kind, limit));',
  },
  {
    name: 'probes-fail-unheard',
    property: 'P68',
    summary: 'What pods answer to failing probes makes none of them unhealthy.',
    file: 'src/proxy/balance/active.ts',
    find: "result.status === 0)\n    recordFailure(words, slot, 'http', unhealthy.http_failures);",
    replace: "result.status === 0)\n    recordFailure(words, slot, 'http', 0);",
  },
  {
    name: 'probes-pass-unheard',
    property: 'P69',
    summary: 'A pod that answers its probes well again stays unhealthy.',
    file: 'src/proxy/balance/active.ts',
    find: 'if (healthy.http_statuses.includes(result.status)) recordSuccess(words, slot, healthy.successes);',
    replace: 'if (healthy.http_statuses.includes(result.status)) recordSuccess(words, slot, 0);',
  },
  {
    name: 'no-other-chance',
    property: 'P70',
    summary: 'The recovery of pods that nothing probes looks at them and leaves them as they are.',
    file: 'src/proxy/balance/recovery.ts',
    find: 'forceHealth(words, one.slot, true);',
    replace: 'forceHealth(words, one.slot, false);',
  },
  {
    name: 'breaker-counts-once',
    property: 'P71',
    summary: 'How many of the targets are well is counted when they change, and not when their health does.',
    file: 'src/proxy/balance/quorum.ts',
    find: 'if (list !== this.#list || epoch !== this.#epoch) {',
    replace: 'if (list !== this.#list) {',
  },
  {
    name: 'cookies-of-sessions-unread',
    property: 'P72',
    summary: 'A session is given a cookie, and goes to whoever is next all the same.',
    file: 'src/proxy/balance/sticky-sessions.ts',
    find: 'const peer = this.#peers.get(exchange.affinityKey);',
    replace: 'const peer = this.#peers.get(`${exchange.affinityKey} `);',
  },
  {
    name: 'newcomers-at-once',
    property: 'P73',
    summary: 'Who is new among others has its whole share from the beginning.',
    file: 'src/proxy/server/slow-start.ts',
    find: 'if (windows.get(id)! > 0 && serving.has(id)) begin(slot, windows.get(id)!);',
    replace: 'if (windows.get(id)! > 0 && !serving.has(id)) begin(slot, windows.get(id)!);',
  },
  {
    name: 'newcomers-for-ever',
    property: 'P73',
    summary: 'Who is new never grows beyond the first tenth of its share.',
    file: 'src/proxy/server/slow-start.ts',
    find: 'if (elapsedMs >= windowMs) return fullShare;',
    replace: 'if (elapsedMs >= 0) return firstShare;',
  },
  {
    name: 'who-leaves-is-forgotten',
    property: 'P61',
    summary: 'A target that leaves for a moment comes back as a healthy one.',
    file: 'src/proxy/server/slots.ts',
    find: 'for (const key of leaving) resting.set(key, now + restMs);',
    replace: 'for (const key of leaving) resting.set(key, now - restMs);',
  },
  {
    name: 'rotation-forgotten',
    property: 'P24',
    summary: 'Certificates that are loaded once are never replaced.',
    file: 'src/proxy/compile/compiler.ts',
    find: 'if (dirt.serverNames.size === 0) return current.parts.certificates;',
    replace:
      'if (dirt.serverNames.size === 0 || current.parts.certificates.size > 0) return current.parts.certificates;',
  },
  {
    name: 'connections-keep-their-config',
    property: 'P28',
    summary:
      'All requests of a connection go by the routes of its beginning, with the targets of the moment.',
    file: 'src/proxy/exchange/exchange.ts',
    find: '    this.compiled = engine.current();\n    this.route = null;',
    replace: '    this.route = null;',
  },
  {
    name: 'drain-cuts',
    property: 'P53',
    summary: 'A gateway that ends cuts the requests that it carries.',
    file: 'src/proxy/server/serve.ts',
    find: 'for (const connection of [...listening.connections]) connection.drain();',
    replace: 'for (const connection of [...listening.connections]) connection.abort();',
  },
  {
    name: 'serves-before-its-tables',
    property: 'P54',
    summary: 'A new worker accepts connections before it has the config.',
    file: 'src/proxy/server/worker.ts',
    find: '  channel.onMessage = (received) => {',
    replace: '  listen();\n  channel.onMessage = (received) => {',
  },
  {
    name: 'change-missed-while-starting',
    property: 'P30',
    summary: 'A worker that starts is not told of a change that comes meanwhile.',
    file: 'src/proxy/server/worker-group.ts',
    find: "if (worker !== null && (state === 'live' || state === 'starting')) worker.channel.post(message);",
    replace: "if (worker !== null && state === 'live') worker.channel.post(message);",
  },
  {
    name: 'answers-before-the-workers',
    property: 'P31',
    summary: 'One worker in three is not told of changes.',
    file: 'src/proxy/server/worker-group.ts',
    find: '      for (const { worker, state } of slots) {',
    replace: '      for (const { worker, state, index } of slots) {\n        if (index === 1) continue;',
  },
  {
    name: 'ready-before-its-workers',
    property: 'P26',
    summary: 'A gateway says that it is ready while workers that take connections have no routes yet.',
    file: 'src/proxy/server/main.ts',
    find: 'if ((served || (accepted && current.id === emptyConfig.id)) && live.length > 0) return',
    replace: 'if (live.length > 0) return',
  },
];
