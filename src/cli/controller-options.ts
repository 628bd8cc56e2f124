// The options that `run` and `controller` share, and what they become. Names and meanings as in Kong's controller.

import { hostname } from 'node:os';
import type { ControllerOptions } from '../control/control.ts';
import { type SupervisedController, superviseController } from '../control/supervise.ts';
import type { KubeConnection } from '../io/kube-api.ts';
import type { AdminApi } from '../ports/admin-api.ts';
import type { Env } from '../ports/env.ts';
import type { HttpHandler, HttpReply } from '../ports/http.ts';
import type { KubeApi } from '../ports/kube-api.ts';
import type { CommandInput, OptionSpec } from './command.ts';
import { connectTo } from './kube-connection.ts';

export const controllerOptionSpecs: Readonly<Record<string, OptionSpec>> = {
  kubeconfig: {
    type: 'string',
    value: 'FILE',
    help: 'default: KUBECONFIG, ~/.kube/config, or the pod itself',
  },
  context: { type: 'string', value: 'NAME', help: 'context of the kubeconfig' },
  'ingress-class': {
    type: 'string',
    value: 'NAME',
    default: 'kong',
    help: 'class of the Ingresses to serve',
  },
  'watch-namespace': {
    type: 'string',
    multiple: true,
    value: 'NAME',
    help: 'only this namespace; repeatable',
  },
  zone: {
    type: 'string',
    value: 'NAME',
    default: '',
    help: 'zone of the gateways: of Services with a trafficDistribution only the endpoints meant for it, while there are any',
  },
  'publish-service': {
    type: 'string',
    value: 'NAMESPACE/NAME',
    help: 'Service whose addresses become the status of Ingresses',
  },
  'publish-status-address': {
    type: 'string',
    multiple: true,
    value: 'ADDRESS',
    help: 'address for the status of Ingresses, instead of a Service; repeatable',
  },
  'update-status': { type: 'boolean', default: true, help: 'write the status of Ingresses' },
  'emit-kubernetes-events': { type: 'boolean', default: true, help: 'write Events about problems' },
  'leader-elect': { type: 'boolean', default: true, help: 'elect one writer of status and Events' },
  'election-id': { type: 'string', value: 'NAME', default: 'tidegate-leader', help: 'name of the Lease' },
  'election-namespace': { type: 'string', value: 'NAME', help: 'namespace of the Lease; default: our own' },
};

export function controllerOptionsOf(
  env: Env,
  { options }: CommandInput,
  namespace: string,
  onlyLeaderPushes: boolean,
): ControllerOptions {
  const identity = `${hostname()}_${env.random.bytes('identity', 6).toString('hex')}`;
  const lease = {
    namespace: String(options['election-namespace'] ?? namespace),
    name: String(options['election-id']),
  };
  return {
    translate: { ingressClass: String(options['ingress-class']), zone: String(options['zone']) },
    follow: { namespaces: (options['watch-namespace'] ?? []) as readonly string[] },
    leader: options['leader-elect'] === false ? null : { lease, identity },
    onlyLeaderPushes,
    tell: {
      publishService: String(options['publish-service'] ?? ''),
      publishAddresses: (options['publish-status-address'] ?? []) as readonly string[],
      writesStatus: options['update-status'] !== false,
      writesEvents: options['emit-kubernetes-events'] !== false,
    },
  };
}

export function connect({ options }: CommandInput): Promise<KubeConnection> {
  return connectTo(options['kubeconfig'], options['context']);
}

export function startController(
  env: Env,
  api: KubeApi,
  gateways: readonly AdminApi[],
  options: ControllerOptions,
): SupervisedController {
  const controller = superviseController(
    { clock: env.clock, random: env.random, log: env.log, api, gateways },
    options,
  );
  controller.start();
  return controller;
}

const metricsType = 'text/plain; version=0.0.4';

function answer(reply: HttpReply, status: number, type: string, body: string): void {
  reply.head(status, { 'content-type': type, 'content-length': String(Buffer.byteLength(body)) });
  reply.end(body);
}

function metricsText(controller: SupervisedController): string {
  const state = controller.state();
  const lines: string[] = [];
  const tell = (name: string, type: 'counter' | 'gauge', help: string, values: readonly string[]): void => {
    lines.push(`# HELP tidegate_controller_${name} ${help}`, `# TYPE tidegate_controller_${name} ${type}`);
    for (const value of values) lines.push(`tidegate_controller_${name}${value}`);
  };
  const ofGateways = (read: (gateway: (typeof state.gateways)[number]) => number) =>
    state.gateways.map((gateway) => `{gateway=${JSON.stringify(gateway.name)}} ${read(gateway)}`);
  tell('translations_total', 'counter', 'translations since the last start', [` ${state.translations}`]);
  tell('empty_rounds_total', 'counter', 'translations that changed nothing', [` ${state.emptyRounds}`]);
  tell('lists_total', 'counter', 'whole reads of a kind since the last start', [` ${state.watch.lists}`]);
  tell('watches_total', 'counter', 'watches opened since the last start', [` ${state.watch.watches}`]);
  tell('watch_events_total', 'counter', 'changes that watches brought', [` ${state.watch.events}`]);
  tell('watch_bookmarks_total', 'counter', 'signs of life of quiet watches', [` ${state.watch.bookmarks}`]);
  tell('problems', 'gauge', 'problems of objects now', [` ${state.problems.length}`]);
  tell('leading', 'gauge', '1 while it writes status and Events', [` ${state.leading ? 1 : 0}`]);
  tell('synced', 'gauge', '1 when every kind has been read', [` ${state.synced ? 1 : 0}`]);
  tell('crashes_total', 'counter', 'starts after an exception', [` ${state.crashes}`]);
  tell(
    'pushes_total',
    'counter',
    'requests that carried a config',
    ofGateways(({ pushes }) => pushes),
  );
  tell(
    'push_deltas_total',
    'counter',
    'those with only the changes',
    ofGateways(({ deltas }) => deltas),
  );
  tell(
    'push_failures_total',
    'counter',
    'requests to gateways that failed',
    ofGateways(({ failures }) => failures),
  );
  return `${lines.join('\n')}\n`;
}

function notReadyReason(
  controller: SupervisedController,
  stopping: boolean,
  gateway: StatusGateway | null,
): string {
  if (stopping) return 'stopping';
  const { ready, synced } = controller.state();
  if (ready || gateway?.proxy.keptState() === 'serving') return '';
  return synced ? 'no gateway has accepted a configuration yet' : 'the cluster is not read yet';
}

/** What the status page needs of the gateway beside the controller. */
interface StatusGateway {
  readonly admin: HttpHandler;
  readonly proxy: { keptState(): 'none' | 'waiting' | 'serving' };
}

/** The controller's figures, then the gateway's own page, which it writes as fast as it is read. */
function answerMetrics(
  controller: SupervisedController,
  gateway: HttpHandler | null,
  reply: HttpReply,
): void {
  if (gateway === null) {
    answer(reply, 200, metricsType, metricsText(controller));
    return;
  }
  reply.head(200, { 'content-type': metricsType });
  reply.write(metricsText(controller));
  gateway({ method: 'GET', path: '/metrics', headers: {}, body: null }, withoutHead(reply));
}

/** For somebody who writes the rest of an answer that has begun. */
function withoutHead(reply: HttpReply): HttpReply {
  return {
    head() {},
    write: (bytes) => reply.write(bytes),
    end: (bytes) => reply.end(bytes),
    abort: () => reply.abort(),
    get onGone() {
      return reply.onGone;
    },
    set onGone(listener) {
      reply.onGone = listener;
    },
    get onDrain() {
      return reply.onDrain;
    },
    set onDrain(listener) {
      reply.onDrain = listener;
    },
  };
}

/** /healthz, /readyz and /metrics of a controller, and of the gateway beside it where there is one. */
export function controllerStatusPage(
  controller: SupervisedController,
  isStopping: () => boolean,
  gateway: StatusGateway | null = null,
): HttpHandler {
  return (request, reply) => {
    const path = request.path.split('?', 1)[0];
    if (path === '/healthz') answer(reply, 200, 'text/plain', 'ok\n');
    else if (path === '/readyz') {
      const reason = notReadyReason(controller, isStopping(), gateway);
      answer(reply, reason === '' ? 200 : 503, 'text/plain', reason === '' ? 'ok\n' : `${reason}\n`);
    } else if (path === '/metrics') answerMetrics(controller, gateway?.admin ?? null, reply);
    else answer(reply, 404, 'text/plain', 'there are /healthz, /readyz and /metrics\n');
  };
}
