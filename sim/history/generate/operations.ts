// What an operator does to applications: scales, rolls out, moves, rotates, breaks and repairs. Each is a recipe from an
// application to the operations of one moment.
import type { StoredObject } from '../../cluster/store-api.ts';
import type { KeyPairName } from '../../world/key-pairs.ts';
import type { Operation } from '../plan.ts';
import {
  type Application,
  containerPort,
  credentialNameOf,
  ingressOf,
  namespaceObject,
  objectsOf,
  outsideName,
  podTemplate,
  secretNameOf,
  serviceOf,
  tlsSecretOf,
} from './application.ts';
import { hosts } from './ingredients.ts';

export const operationNames = [
  'scale',
  'scale-to-zero',
  'scale-quickly',
  'roll-out',
  'roll-out-and-back',
  'roll-out-over',
  'roll-out-paused',
  'roll-out-otherwise',
  'restart-pods',
  'move-path',
  'move-host',
  'recreate-ingress',
  'delete-ingress',
  'claim-same-path',
  'backend-elsewhere',
  'certificate-elsewhere',
  'recreate-service',
  'rename-port',
  'target-port-number',
  'wrong-target-port',
  'change-selector',
  'headless-service',
  'external-name',
  'publish-not-ready',
  'rotate-certificate',
  'break-certificate',
  'empty-certificate',
  'recreate-certificate',
  'wrong-type-certificate',
  'recreate-credential',
  'break-path',
  'break-plugin',
  'other-class',
  'recreate-namespace',
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

function remove(app: Application, resource: string, name = app.name): Operation {
  return { verb: 'delete', resource, namespace: app.namespace, name, body: null };
}

const once = (operation: Operation): readonly TimedOperation[] => [{ afterMs: 0, operation }];

function rules(app: Application): Readonly<Record<string, unknown>> {
  return { spec: ingressOf(app).spec };
}

function create({ namespace }: Application, resource: string, object: StoredObject): Operation {
  const { name } = object.metadata;
  return { verb: 'create', resource, namespace, name, body: object as unknown as Operation['body'] };
}

/** `other`: an application beside it, itself where there is none. */
type Recipe = (
  app: Application,
  draw: number,
  pauseMs: number,
  other: Application,
) => readonly TimedOperation[];

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

/** One after the other, so long apart. */
function inTurn(pauseMs: number, ...operations: readonly Operation[]): readonly TimedOperation[] {
  return operations.map((operation, index) => ({ afterMs: index * pauseMs, operation }));
}

const servicePorts = (app: Application, change: Readonly<Record<string, unknown>>): Operation => {
  const { ports: given } = serviceOf(app).spec as {
    readonly ports: readonly Readonly<Record<string, unknown>>[];
  };
  return merge(app, 'services', { spec: { ports: given.map((port) => ({ ...port, ...change })) } });
};

/** Between the end of an object and the next of its name, where they are replaced as `kubectl replace --force` does. */
const replacedMs = 5;

const isEven = (draw: number): boolean => draw % 2 === 0;

/** Goes, and comes back: at once where it comes back as another, which is why people do it, else after the pause. */
function recreated(app: Application, resource: string, pauseMs: number, next: StoredObject, draw: number) {
  const gone = remove(app, resource, next.metadata.name);
  return then(gone, isEven(draw) ? replacedMs : pauseMs, create(app, resource, next));
}

/** Goes, and comes back in another form; every other time it goes once more, and comes back as it was. */
function replaced(
  app: Application,
  resource: string,
  pauseMs: number,
  other: StoredObject,
  usual: StoredObject,
  draw: number,
) {
  const gone = remove(app, resource, usual.metadata.name);
  const first = then(gone, replacedMs, create(app, resource, other));
  if (isEven(draw)) return first;
  const second = then(gone, replacedMs, create(app, resource, usual));
  return [...first, ...second.map((step) => ({ ...step, afterMs: pauseMs + step.afterMs }))];
}

const strategies = [
  { maxSurge: 0, maxUnavailable: 1 },
  { maxSurge: 3, maxUnavailable: 0 },
  { maxSurge: '25%', maxUnavailable: '50%' },
  { maxSurge: '100%', maxUnavailable: '100%' },
] as const;

/** A younger Ingress that wants the path of an older one for an application of its own namespace. */
function claimant(
  { host, path, pathType, ...app }: Application,
  other: Application,
  draw: number,
): StoredObject {
  const ingress = ingressOf({ ...other, host, path, pathType });
  const { metadata } = ingress;
  return { ...ingress, metadata: { ...metadata, name: `${draw % 2 === 0 ? 'a' : 'z'}-claims-${app.name}` } };
}

/** Time that a namespace with draining pods needs to be gone. */
const namespaceGoneMs = 4_000;

function recreateNamespace(app: Application, pauseMs: number): readonly TimedOperation[] {
  // Not even an administrator can delete this one.
  if (app.namespace === 'default') return [];
  const { namespace } = app;
  const name = { resource: 'namespaces', namespace: '', name: namespace };
  const body = namespaceObject(namespace).object;
  const backMs = namespaceGoneMs + pauseMs;
  return [
    { afterMs: 0, operation: { ...name, verb: 'delete', body: null } },
    { afterMs: backMs, operation: { ...name, verb: 'create', body } },
    ...objectsOf(app).map(({ resource, object }) => ({
      afterMs: backMs + 10,
      operation: create(app, resource, object),
    })),
  ];
}

const recipes: Readonly<Record<OperationName, Recipe>> = {
  scale: (app, draw) => once(replicas(app, 1 + (draw % 6))),
  'scale-to-zero': (app, draw, pauseMs) => then(replicas(app, 0), pauseMs, replicas(app, 1 + (draw % 3))),
  'scale-quickly': (app, draw, pauseMs) =>
    inTurn(
      Math.max(1, pauseMs >> 2),
      replicas(app, 5),
      replicas(app, 1),
      replicas(app, draw % 5),
      replicas(app, 1 + (draw % 4)),
    ),
  'roll-out': (app, draw) => once(rollOut(app, 2 + (draw % 4))),
  'roll-out-and-back': (app, draw, pauseMs) => then(rollOut(app, 2 + (draw % 4)), pauseMs, rollOut(app, 1)),
  'roll-out-over': (app, draw, pauseMs) =>
    inTurn(Math.max(1, pauseMs >> 1), rollOut(app, 2), rollOut(app, 3), rollOut(app, 4 + (draw % 3))),
  'roll-out-paused': (app, draw, pauseMs) =>
    inTurn(
      pauseMs,
      merge(app, deployments, { spec: { paused: true } }),
      rollOut(app, 2 + (draw % 4)),
      merge(app, deployments, { spec: { paused: false } }),
    ),
  'roll-out-otherwise': (app, draw) => {
    const rollingUpdate = strategies[draw % strategies.length]!;
    const template = podTemplate({ ...app, version: 2 + (draw % 4) });
    return once(merge(app, deployments, { spec: { strategy: { rollingUpdate }, template } }));
  },
  'restart-pods': (app, draw) => {
    const annotations = { 'kubectl.kubernetes.io/restartedAt': `${draw}` };
    return once(merge(app, deployments, { spec: { template: { metadata: { annotations } } } }));
  },
  'move-path': (app, draw) => once(ingressRules({ ...app, path: draw % 2 === 0 ? '/' : '/moved' })),
  'move-host': (app, draw) => once(ingressRules({ ...app, host: hosts[draw % hosts.length]! })),
  'recreate-ingress': (app, draw, pauseMs) =>
    recreated(app, ingresses, pauseMs, ingressOf(isEven(draw) ? { ...app, path: '/moved' } : app), draw),
  'delete-ingress': (app) => once(remove(app, ingresses)),
  'claim-same-path': (app, draw, pauseMs, other) => {
    const rival = claimant(app, other, draw);
    return then(create(other, ingresses, rival), pauseMs, remove(other, ingresses, rival.metadata.name));
  },
  'backend-elsewhere': (app, _draw, pauseMs, other) => {
    const { host, path, pathType } = app;
    const { rules: wanted } = rules({ ...other, host, path, pathType })['spec'] as Record<string, unknown>;
    return then(merge(app, ingresses, { spec: { rules: wanted } }), pauseMs, ingressRules(app));
  },
  'certificate-elsewhere': (app, _draw, pauseMs, other) => {
    const tls = [{ hosts: [app.host], secretName: secretNameOf(other) }];
    const { tls: usual = null } = ingressOf(app).spec as Readonly<Record<string, unknown>>;
    return then(
      merge(app, ingresses, { spec: { tls } }),
      pauseMs,
      merge(app, ingresses, { spec: { tls: usual } }),
    );
  },
  'recreate-service': (app, _draw, pauseMs) =>
    then(remove(app, 'services'), pauseMs, create(app, 'services', serviceOf(app))),
  'rename-port': (app, _draw, pauseMs) =>
    then(ports({ ...app, namesPort: !app.namesPort }), pauseMs, ports(app)),
  'target-port-number': (app, _draw, pauseMs) =>
    then(
      servicePorts(app, { targetPort: containerPort }),
      pauseMs,
      servicePorts(app, { targetPort: 'http' }),
    ),
  'wrong-target-port': (app, draw, pauseMs) => {
    const targetPort = draw % 2 === 0 ? 'nowhere' : containerPort + 1;
    return then(servicePorts(app, { targetPort }), pauseMs, servicePorts(app, { targetPort: 'http' }));
  },
  'change-selector': (app, draw, pauseMs) => {
    const version = draw % 2 === 0 ? 'v1' : 'none';
    return then(
      merge(app, 'services', { spec: { selector: { version } } }),
      pauseMs,
      merge(app, 'services', { spec: { selector: { version: null } } }),
    );
  },
  'headless-service': (app, draw, pauseMs) => {
    const usual = serviceOf(app);
    const headless = { ...usual, spec: { ...usual.spec, clusterIP: 'None' } };
    return replaced(app, 'services', pauseMs, headless, usual, draw);
  },
  'external-name': (app, draw, pauseMs) => {
    const usual = serviceOf(app);
    const { ports: kept } = usual.spec as { readonly ports: unknown };
    const spec = { type: 'ExternalName', externalName: outsideName(app), ports: kept };
    return replaced(app, 'services', pauseMs, { ...usual, spec }, usual, draw);
  },
  'publish-not-ready': (app, _draw, pauseMs) =>
    then(
      merge(app, 'services', { spec: { publishNotReadyAddresses: true } }),
      pauseMs,
      merge(app, 'services', { spec: { publishNotReadyAddresses: false } }),
    ),
  'empty-certificate': (app, _draw, pauseMs) => {
    if (app.keyPair === '') return [];
    const data = { 'tls.crt': '', 'tls.key': '' };
    return then(certificate(app, data), pauseMs, certificate(app, certificateData(app, app.keyPair)));
  },
  'recreate-certificate': (app, draw, pauseMs) =>
    app.keyPair === ''
      ? []
      : recreated(app, 'secrets', pauseMs, tlsSecretOf(app, isEven(draw) ? 'third' : app.keyPair), draw),
  'wrong-type-certificate': (app, draw, pauseMs) => {
    if (app.keyPair === '') return [];
    const usual = tlsSecretOf(app, app.keyPair);
    return replaced(app, 'secrets', pauseMs, { ...usual, type: 'Opaque', data: {} }, usual, draw);
  },
  'recreate-credential': (app, _draw, pauseMs) => {
    const name = credentialNameOf(app);
    const secret = objectsOf(app).find(({ object }) => object.metadata.name === name);
    if (secret === undefined) return [];
    return then(remove(app, 'secrets', name), pauseMs, create(app, 'secrets', secret.object));
  },
  'recreate-namespace': (app, _draw, pauseMs) => recreateNamespace(app, pauseMs),
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
  other = app,
): readonly TimedOperation[] {
  return recipes[name](app, draw, pauseMs, other);
}
