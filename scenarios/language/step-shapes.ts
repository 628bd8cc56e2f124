// The steps of a scenario: what an operator does, what goes wrong, what is waited for, and what is expected.
import { clientName } from './client-shape.ts';
import { expectShape, proxyName } from './expect-shape.ts';
import { faultShape } from './fault-shape.ts';
import { faultWordList } from './fault-words.ts';
import { objectKey, objectName } from './kinds.ts';
import { podShape } from './pod-shape.ts';
import {
  choice,
  type Field,
  freeform,
  list,
  mapping,
  named,
  type OneOf,
  oneOf,
  optional,
  placed,
  record,
  required,
  type Shape,
  some,
  text,
  whole,
  withDefault,
  wordOr,
} from './shape.ts';
import { duration } from './units.ts';
import { fileName, manyOf } from './world-shape.ts';

export const settingsShape = record('settings of an object', {
  replicas: optional(whole(0, 2_000), 'pods of a Deployment'),
  pods: optional(podShape, 'what the pods of a Deployment are like'),
  surge: optional(whole(0, 100), 'pods above the wanted number during a rolling update'),
  unavailable: optional(whole(0, 100), 'pods below the wanted number during a rolling update'),
  grace: optional(duration, 'how long pods have to end after SIGTERM (30s)'),
  certificate: optional(
    choice(['first', 'second', 'third', 'fourth']),
    'the key pair of a TLS Secret: one of four that the simulator has',
  ),
});

const path = text('a path that begins with /', /^\//);

export const patchShape = record('a change of an object', {
  'add-path': optional(path, 'a further path of the first rule of an Ingress, to the same Service'),
  'remove-path': optional(path, 'a path less'),
  host: optional(text('a host'), 'another host for the first rule, and for its TLS'),
  path: optional(path, 'another path for the first path of the first rule'),
  class: optional(text('the name of an ingress class'), 'another class'),
  service: optional(text('the name of a Service'), 'another Service behind the first path'),
  port: optional(text('a name or number of a port'), 'another port behind the first path'),
  plugins: optional(some(text('the name of a plugin')), 'the annotation konghq.com/plugins'),
  annotations: optional(mapping(text('a name'), text('its value')), 'annotations that are set'),
  merge: optional(freeform('a merge patch'), 'anything else, as `kubectl patch --type merge`'),
});

const waits = record('what is waited for', {
  available: optional(objectName, 'all pods of a Deployment are ready'),
  rolled: optional(
    objectName,
    'a Deployment has only pods of its newest version, all ready, and old ones are gone',
  ),
  gone: optional(objectName, 'an object does not exist any more, or a Deployment has no pods'),
  ready: optional(some(proxyName), 'proxies say that they are ready'),
  within: withDefault(duration, 60_000, 'how long it may take; if it takes longer the run is inconclusive'),
});

const rolloutTo = record('a new version', {
  version: required(text('a version such as v2'), 'label and image tag of the new pods'),
  pods: optional(podShape, 'what the new pods are like'),
});

export const process = text(
  'controller, controller-1, proxy-1 or deployment/shop',
  /^(controller(-[1-9])?|proxy-[1-9]|deployment\/[a-z0-9/-]+)$/,
);

export const stepFields = {
  set: required(mapping(objectKey, settingsShape), 'settings of Deployments and TLS Secrets'),
  scale: required(mapping(objectKey, whole(0, 2_000)), 'Deployments to so many pods'),
  rollout: required(
    mapping(objectKey, wordOr(text('a version such as v2'), rolloutTo)),
    'Deployments to a new version',
  ),
  apply: required(
    some(wordOr(fileName, manyOf)),
    'manifests, as `kubectl apply`: files, or {file, count} for many copies',
  ),
  delete: required(
    some(wordOr(fileName, manyOf)),
    'the objects of manifests, or objects by name (`ingress/bad`)',
  ),
  patch: required(mapping(objectKey, patchShape), 'changes of objects'),
  wait: required(wordOr(duration, waits), 'until something is so, or just for a time'),
  fault: required(faultShape, 'something goes wrong from now on'),
  heal: required(
    some(placed(choice([...faultWordList, 'all']))),
    'faults end that last `until: healed`, and all others of that name',
  ),
  restart: required(
    some(process),
    'one after the other: a proxy as in a rollout (out of the load balancer, SIGTERM, drain, a new one ready), controllers by a crash, Deployments by a rollout',
  ),
  start: required(some(clientName), 'clients begin that wait for a step'),
  stop: required(some(clientName), 'clients send nothing more'),
  expect: required(expectShape, 'something comes true in time, or stays so; else the promise is broken'),
} as const satisfies Readonly<Record<string, Field<unknown>>>;

interface Repetition {
  readonly times: number;
  readonly every: number;
  readonly steps: readonly StepSpec[];
}

type SimpleStep = OneOf<typeof stepFields>;
export type StepSpec =
  | SimpleStep
  | { readonly key: 'repeat'; readonly value: Repetition; readonly at: number };
export type StepOf<K extends StepSpec['key']> = Extract<StepSpec, { readonly key: K }>;

export const stepShape: Shape<StepSpec> = named('step', () =>
  oneOf('a step', {
    ...stepFields,
    repeat: required(
      record('steps that are repeated', {
        times: required(whole(1, 100), 'how often'),
        every: withDefault(duration, 0, 'from the beginning of one to that of the next, at least'),
        steps: required(list(stepShape), 'what is repeated'),
      }),
      'steps again and again',
    ),
  }),
) as Shape<StepSpec>;
