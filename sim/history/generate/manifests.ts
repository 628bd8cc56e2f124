// Histories around a user's own manifests: visitors of every Ingress rule, and rollouts, scaling, edits and faults.
import fc from 'fast-check';
import { recoverMs } from '../bounds.ts';
import type { OperateEntry, Plan, PlannedClient, RequestEntry, WorldShape } from '../plan.ts';
import { defaultKnobs, planVersion } from '../plan.ts';
import { faultDraws, faultEntries } from './faults.ts';
import type { Deployment, ManifestWorld } from './manifest-world.ts';
import { compareEntries, type PlanOptions, strategyDraws, strategyOf } from './plan.ts';

type Fields = Readonly<Record<string, unknown>>;

const operationNames = ['scale', 'roll-out', 'roll-out-twice', 'delete-and-recreate', 'touch'] as const;

interface DrawnOperation {
  readonly name: (typeof operationNames)[number];
  readonly object: number;
  readonly atPermille: number;
  readonly draw: number;
}

const deploymentResource = 'deployments.apps';
const ingressResource = 'ingresses.networking.k8s.io';

function restart(deployment: Deployment, mark: string): OperateEntry['operation'] {
  const annotations = { 'kubectl.kubernetes.io/restartedAt': mark };
  return {
    verb: 'merge',
    resource: deploymentResource,
    namespace: deployment.namespace,
    name: deployment.name,
    body: { spec: { template: { metadata: { annotations } } } },
  };
}

function operationsOf(drawn: DrawnOperation, world: ManifestWorld): readonly OperateEntry['operation'][] {
  const { name, object, draw } = drawn;
  const ingress = world.ingresses[object % world.ingresses.length]!;
  if (name === 'delete-and-recreate') {
    const whole = world.objects.find(
      (one) => one.resource === ingressResource && one.id.endsWith(` ${ingress.namespace}/${ingress.name}`),
    )!.object;
    const at = { resource: ingressResource, ...ingress };
    return [
      { verb: 'delete', ...at, body: null },
      { verb: 'create', ...at, body: whole as unknown as Fields },
    ];
  }
  if (name === 'touch' || world.deployments.length === 0) {
    const body = { metadata: { annotations: { 'example.com/touched': String(draw) } } };
    return [{ verb: 'merge', resource: ingressResource, ...ingress, body }];
  }
  const deployment = world.deployments[object % world.deployments.length]!;
  if (name === 'roll-out') return [restart(deployment, `${draw}`)];
  if (name === 'roll-out-twice')
    return [restart(deployment, `${draw}`), restart(deployment, `${draw} again`)];
  const replicas = Math.max(1, deployment.replicas + (draw % 5) - 2);
  const { namespace } = deployment;
  return [
    {
      verb: 'merge',
      resource: deploymentResource,
      namespace,
      name: deployment.name,
      body: { spec: { replicas } },
    },
  ];
}

interface DrawnRequest {
  readonly target: number;
  readonly atPermille: number;
  readonly post: number;
}

const visitors: PlannedClient = {
  name: 'visitors',
  gateway: 0,
  tls: false,
  pipelines: false,
  readBytesPerSecond: 0,
};

function requestEntry(drawn: DrawnRequest, index: number, world: ManifestWorld, atMs: number): RequestEntry {
  const { host, path } = world.targets[drawn.target % world.targets.length]!;
  const method = drawn.post === 0 ? 'POST' : 'GET';
  const request = {
    method,
    host,
    path,
    headers: {},
    bodyBytes: method === 'POST' ? 200 : 0,
    chunked: false,
    sendMs: 0,
    abortMs: 0,
    kind: 'plain',
    holdMs: 0,
  } as const;
  return { id: `r${index + 1}`, atMs, do: 'request', client: visitors.name, request };
}

const drawnPlans = fc.record({
  seed: fc.nat(0x7fffffff),
  controllers: fc.constantFrom(1, 2),
  mode: fc.constantFrom<WorldShape['mode'][]>('split', 'combined'),
  requests: fc.array(fc.record({ target: fc.nat(0xffff), atPermille: fc.nat(999), post: fc.nat(4) }), {
    minLength: 40,
    maxLength: 100,
    size: 'max',
  }),
  operations: fc.array(
    fc.record({
      name: fc.constantFrom(...operationNames),
      object: fc.nat(0xffff),
      atPermille: fc.nat(999),
      draw: fc.nat(0xffff),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  faults: faultDraws,
  strategy: strategyDraws,
});

const betweenMs = 700;
const faultsForMs = 20_000;
const afterHealMs = 10_000;
/** Quiet that is left when everything must have recovered. */
const restMs = 5_000;

/** What the manifests hold stays as it is, everything else is drawn. */
export function manifestPlans(world: ManifestWorld, options: PlanOptions = {}): fc.Arbitrary<Plan> {
  const { startMs, objects } = world;
  const healMs = startMs + faultsForMs;
  const at = (permille: number, toMs: number): number =>
    startMs + Math.floor(((toMs - startMs) * permille) / 1000);
  return drawnPlans.map((drawn): Plan => {
    const { controllers, mode } = drawn;
    const shape: WorldShape = { apiServers: 1, controllers, gateways: 1, workers: 2, mode, nodes: 3 };
    const requests = drawn.requests.map((one, index) =>
      requestEntry(one, index, world, at(one.atPermille, healMs + afterHealMs)),
    );
    const operations = drawn.operations.flatMap((one, index) =>
      operationsOf(one, world).map(
        (operation, step): OperateEntry => ({
          id: `o${index + 1}${step === 0 ? '' : `.${step}`}`,
          atMs: Math.min(healMs, at(one.atPermille, healMs) + step * betweenMs),
          do: 'operate',
          operation,
        }),
      ),
    );
    const clients = [visitors];
    const window = { fromMs: startMs, healMs };
    const parts = { objects, clients, knobs: defaultKnobs, operations };
    const faults = faultEntries(drawn.faults, shape, parts, window, options.faults);
    const strategy = strategyOf(options.strategy, drawn.strategy);
    return {
      version: planVersion,
      seed: drawn.seed,
      strategy,
      world: shape,
      knobs: defaultKnobs,
      objects,
      clients,
      timeline: [...requests, ...operations, ...faults].sort(compareEntries),
      healMs,
      endMs: healMs + recoverMs({ knobs: defaultKnobs, strategy }) + restMs,
    };
  });
}
