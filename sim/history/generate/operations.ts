// What an operator does to applications: scales, rolls out, moves, rotates, breaks and repairs. Each is a recipe from an
// application to the operations of one moment.
import type { KeyPairName } from '../../world/key-pairs.ts';
import type { Operation } from '../plan.ts';
import {
  type Application,
  ingressOf,
  podTemplate,
  secretNameOf,
  serviceOf,
  tlsSecretOf,
} from './application.ts';
import { hosts } from './ingredients.ts';

export const operationNames = [
  'scale',
  'scale-to-zero',
  'roll-out',
  'roll-out-and-back',
  'restart-pods',
  'move-path',
  'move-host',
  'recreate-ingress',
  'delete-ingress',
  'recreate-service',
  'rename-port',
  'rotate-certificate',
  'break-certificate',
  'break-path',
  'break-plugin',
  'other-class',
  'touch',
] as const;

export type OperationName = (typeof operationNames)[number];

/** Operations with how long after the first each one comes. */
export interface TimedOperation {
  readonly afterMs: number;
  readonly operation: Operation;
}

const deployments = 'deployments.apps';
const ingresses = 'ingresses.networking.k8s.io';

function merge(
  app: Application,
  resource: string,
  body: Readonly<Record<string, unknown>>,
  name = app.name,
): Operation {
  return { verb: 'merge', resource, namespace: app.namespace, name, body };
}

function remove(app: Application, resource: string): Operation {
  return { verb: 'delete', resource, namespace: app.namespace, name: app.name, body: null };
}

const once = (operation: Operation): readonly TimedOperation[] => [{ afterMs: 0, operation }];

function rules(app: Application): Readonly<Record<string, unknown>> {
  return { spec: ingressOf(app).spec };
}

function create(app: Application, resource: string, body: unknown): Operation {
  const { namespace, name } = app;
  return { verb: 'create', resource, namespace, name, body: body as Operation['body'] };
}

type Recipe = (app: Application, draw: number, pauseMs: number) => readonly TimedOperation[];

/** Something, and so long after it something else. */
function then(first: Operation, pauseMs: number, second: Operation): readonly TimedOperation[] {
  return [
    { afterMs: 0, operation: first },
    { afterMs: pauseMs, operation: second },
  ];
}

const replicas = (app: Application, count: number): Operation =>
  merge(app, deployments, { spec: { replicas: count } });
const rollOut = (app: Application, version: number): Operation =>
  merge(app, deployments, { spec: { template: podTemplate({ ...app, version }) } });
const ingressRules = (app: Application): Operation => merge(app, ingresses, rules(app));
const ingressClass = (app: Application, ingressClassName: string): Operation =>
  merge(app, ingresses, { spec: { ingressClassName } });
const plugins = (app: Application, names: string | null): Operation =>
  merge(app, ingresses, { metadata: { annotations: { 'konghq.com/plugins': names } } });
const ports = (app: Application): Operation => merge(app, 'services', { spec: serviceOf(app).spec });

function certificate(app: Application, data: Readonly<Record<string, string>>): Operation {
  return merge(app, 'secrets', { data }, secretNameOf(app));
}

function certificateData(app: Application, keyPair: KeyPairName): Readonly<Record<string, string>> {
  return tlsSecretOf(app, keyPair)['data'] as Readonly<Record<string, string>>;
}

const recipes: Readonly<Record<OperationName, Recipe>> = {
  scale: (app, draw) => once(replicas(app, 1 + (draw % 6))),
  'scale-to-zero': (app, draw, pauseMs) => then(replicas(app, 0), pauseMs, replicas(app, 1 + (draw % 3))),
  'roll-out': (app, draw) => once(rollOut(app, 2 + (draw % 4))),
  'roll-out-and-back': (app, draw, pauseMs) => then(rollOut(app, 2 + (draw % 4)), pauseMs, rollOut(app, 1)),
  'restart-pods': (app, draw) => {
    const annotations = { 'kubectl.kubernetes.io/restartedAt': `${draw}` };
    return once(merge(app, deployments, { spec: { template: { metadata: { annotations } } } }));
  },
  'move-path': (app, draw) => once(ingressRules({ ...app, path: draw % 2 === 0 ? '/' : '/moved' })),
  'move-host': (app, draw) => once(ingressRules({ ...app, host: hosts[draw % hosts.length]! })),
  'recreate-ingress': (app, _draw, pauseMs) =>
    then(remove(app, ingresses), pauseMs, create(app, ingresses, ingressOf(app))),
  'delete-ingress': (app) => once(remove(app, ingresses)),
  'recreate-service': (app, _draw, pauseMs) =>
    then(remove(app, 'services'), pauseMs, create(app, 'services', serviceOf(app))),
  'rename-port': (app, _draw, pauseMs) =>
    then(ports({ ...app, namesPort: !app.namesPort }), pauseMs, ports(app)),
  'rotate-certificate': (app, draw) =>
    app.keyPair === ''
      ? []
      : once(certificate(app, certificateData(app, draw % 2 === 0 ? 'third' : 'fourth'))),
  'break-certificate': (app, _draw, pauseMs) => {
    if (app.keyPair === '') return [];
    const data = certificateData(app, app.keyPair);
    const broken = { ...data, 'tls.key': certificateData(app, 'fourth')['tls.key']! };
    return then(certificate(app, broken), pauseMs, certificate(app, data));
  },
  'break-path': (app, draw, pauseMs) => {
    const path = draw % 2 === 0 ? '/~(' : '/double//slash';
    return then(
      ingressRules({ ...app, path, pathType: 'ImplementationSpecific' }),
      pauseMs,
      ingressRules(app),
    );
  },
  'break-plugin': (app, _draw, pauseMs) =>
    then(
      plugins(app, 'nowhere-to-be-found'),
      pauseMs,
      plugins(app, ingressOf(app).metadata.annotations?.['konghq.com/plugins'] ?? null),
    ),
  'other-class': (app, _draw, pauseMs) =>
    then(ingressClass(app, 'somebody-else'), pauseMs, ingressClass(app, 'kong')),
  touch: (app, draw) =>
    once(merge(app, deployments, { metadata: { annotations: { 'example.com/touched': `${draw}` } } })),
};

/** `draw` is any whole number; `pauseMs` is how long half-done things stay so. */
export function operationsOf(
  name: OperationName,
  app: Application,
  draw: number,
  pauseMs: number,
): readonly TimedOperation[] {
  return recipes[name](app, draw, pauseMs);
}
