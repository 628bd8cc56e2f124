// Defects of carrying requests: retries, framing, connections, what is passed on and what is not.
import type { Canary } from './canary.ts';

export const exchangeCanaries: readonly Canary[] = [
  {
    name: 'port-map-forgotten',
    property: 'P67',
    summary: 'Pods are told the port of the gateway instead of the one that clients connect to.',
    file: 'src/proxy/server/listening.ts',
    find: 'return this.publicPorts.get(port) ?? port;',
    replace: 'return port;',
  },
  {
    name: 'body-limit-forgotten',
    property: 'P67',
    summary: 'Bodies that are larger than may be are passed on when their length is announced.',
    file: 'src/proxy/server/connection.ts',
    find: 'exchange.isBodyTooLarge = body.bytes >',
    replace: 'exchange.isBodyTooLarge = head.isChunked && body.bytes >',
  },
  {
    name: 'retry-of-post',
    property: 'P12',
    summary: 'A POST that may have been carried out is sent again.',
    file: 'src/proxy/exchange/forward.ts',
    find: "new Set(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'])",
    replace: "new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS'])",
  },
  {
    name: 'body-kept-by-reference',
    property: 'P13',
    summary: 'Bytes that are kept for later are not copied and change under way.',
    file: 'src/proxy/exchange/kept-body.ts',
    find: 'const kept = Buffer.from(bytes);',
    replace: 'const kept = bytes;',
  },
  {
    name: 'cut-answer-is-complete',
    property: 'P14',
    summary: 'An answer that breaks off in the middle is ended as if it were complete.',
    file: 'src/proxy/exchange/relay.ts',
    find: 'if (this.hasBegun) this.exchange.cutResponse(failure);',
    replace: `if (this.hasBegun) {
      this.exchange.client.write(lastChunk);
      this.written(true, true);
    }`,
  },
  {
    name: 'unsolicited-bytes-kept',
    property: 'P15',
    summary: 'What comes on an idle connection is taken for the next answer.',
    file: 'src/proxy/upstream/connection.ts',
    find: `        // Nobody asked: whatever this is, the connection cannot be trusted any more.
        this.destroy();`,
    replace: '        if (this.state === stateIdle) this.pending = Buffer.from(bytes.subarray(start, end));',
  },
  {
    name: 'given-up-connections-kept',
    property: 'P15',
    summary: 'A connection on which an answer is still to come, that nobody waits for, is used again.',
    file: 'src/proxy/exchange/forward.ts',
    find: '    this.kept.parts = null;\n    upstream?.destroy();',
    replace: `    this.kept.parts = null;
    const kept = upstream as unknown as { state: number; mayReuse: boolean; release(isComplete: boolean): void };
    if (upstream !== null && this.isComplete && kept.state === 2) {
      kept.state = 7;
      kept.mayReuse = true;
      kept.release(true);
      return;
    }
    upstream?.destroy();`,
  },
  {
    name: 'connection-fields-forwarded',
    property: 'P16',
    summary: 'Fields that Connection names are passed on.',
    file: 'src/proxy/exchange/request-head.ts',
    find: 'edits.lines !== null || head.namesFields || head.needsRewriting || plan.contentLength >= 0;',
    replace: 'edits.lines !== null || head.needsRewriting || plan.contentLength >= 0;',
  },
  {
    name: 'upstream-never-late',
    property: 'P17',
    summary: 'An upstream that does not answer is waited on for ever.',
    file: 'src/proxy/upstream/connection.ts',
    find: "    else this.fail(this.isBlocked ? 'send_timeout' : 'response_timeout');",
    replace: "    else if (this.isBlocked) this.fail('send_timeout');",
  },
  {
    name: 'retries-without-end',
    property: 'P18',
    summary: 'A request is tried again, on any target, far more often than was said.',
    file: 'src/proxy/exchange/forward.ts',
    find: 'const next = this.exchange.service!.balancer.pick(this.tried, this.exchange);',
    replace: `if (this.tried.length < 24) this.tries = 1;
        const next = this.exchange.service!.balancer.pick(this.tried.length < 24 ? null : this.tried, this.exchange);`,
  },
  {
    name: 'no-back-pressure',
    property: 'P19',
    summary: 'An upstream is read on while its client takes nothing.',
    file: 'src/proxy/exchange/relay.ts',
    find: '    this.exchange.forward.upstream?.pause();\n',
    replace: '',
  },
  {
    name: 'idle-connections-left-open',
    property: 'P20',
    summary: 'Connections to endpoints that are used no more stay open.',
    file: 'src/proxy/upstream/pool.ts',
    find: '    this.pools.delete(endpoint.key);\n    pool.retire();',
    replace: '    this.pools.delete(endpoint.key);',
  },
  {
    name: 'old-config-requests-cut',
    property: 'P06',
    summary: 'A change of the config cuts what is being answered.',
    file: 'src/proxy/exchange/exchange.ts',
    find: `    const nowUs = this.engine.deadlines.touch();
    this.status = head.status;
    this.isProxied = true;`,
    replace: `    const nowUs = this.engine.deadlines.touch();
    if (this.compiled !== this.engine.current()) this.client.cut();
    this.status = head.status;
    this.isProxied = true;`,
  },
  {
    name: 'tunnels-end-with-their-config',
    property: 'P07',
    summary: 'A change of the config ends WebSockets that it does not concern.',
    file: 'src/proxy/exchange/relay.ts',
    find: '    this.exchange.responseBytes += end - start;\n    if (!this.exchange.client.write(bytes.subarray(start, end))) this.block();',
    replace: `    if (this.exchange.compiled !== this.exchange.engine.current()) {
      this.exchange.finishTunnel();
      return;
    }
    if (!this.exchange.client.write(bytes.subarray(start, end))) this.block();`,
  },
  {
    name: 'old-connections-are-failures',
    property: 'P09',
    summary: 'A connection that was closed while it was idle fails the request that met it.',
    file: 'src/proxy/exchange/forward.ts',
    find: 'const isStale = isGone && upstream?.isReused === true && !upstream.hasAnswered;',
    replace: 'const isStale = false;\n    if (upstream?.isReused === true) this.kept.hasStreamed = true;',
  },
  {
    name: 'removed-targets-are-cut-off',
    property: 'P06',
    summary: 'A target that is used no more loses the requests that it is answering.',
    file: 'src/proxy/upstream/pool.ts',
    find: '    const connection = new UpstreamConnection(this, this.env.deadlines);\n    connection.startConnecting',
    replace: `    const connection = new UpstreamConnection(this, this.env.deadlines);
    const closeIdle = this.closeIdle.bind(this);
    this.closeIdle = () => {
      closeIdle();
      if (!this.registry.isClosing) connection.onClose('ECONNRESET');
    };
    connection.startConnecting`,
  },
  {
    name: 'refused-connections-are-failures',
    property: 'P09',
    summary: 'A target that refuses the connection fails the request although others are there.',
    file: 'src/proxy/exchange/forward.ts',
    find: 'if (isBeforeSend(failure)) return true;',
    replace: 'if (isBeforeSend(failure)) return false;',
  },
  {
    name: 'no-target-is-bad-gateway',
    property: 'P10',
    summary: 'Where nobody is available the answer is 502.',
    file: 'src/proxy/exchange/forward.ts',
    find: 'this.exchange.fail(isUnnamed ? exits.noEndpoints : exits.nameUnresolved);',
    replace: 'this.exchange.fail(upstreamExits.connect_failed);',
  },
];
