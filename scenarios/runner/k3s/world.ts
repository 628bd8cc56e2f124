// One scenario's world in a cluster: namespaces of its own, our manifests, its objects, clients, and what all of them leave
// behind. Everything that it makes carries the name of the run, and is deleted with it.
import type { StoredObject } from '../../../sim/cluster/store-api.ts';
import { createEvidence, type Evidence } from '../../../sim/evidence/evidence.ts';
import { recoverMs } from '../../../sim/history/bounds.ts';
import { beginExpectationIn } from '../../../sim/history/expect/expect.ts';
import { type Plan, planVersion } from '../../../sim/history/plan.ts';
import { watchedKinds } from '../../../src/kube/kinds.ts';
import type { KubeObject } from '../../../src/kube/object.ts';
import type { CompiledWorld } from '../../compile/world.ts';
import type { Collected, LiveWorld, OpenOptions } from '../backend.ts';
import type { Driver } from '../driver.ts';
import { createTimeline } from '../timeline.ts';
import type { Api } from './api.ts';
import { beginApiFault, isApiFault } from './api-faults.ts';
import { type ApiGates, type GateSide, openApiGates } from './api-gates.ts';
import { clean } from './clean.ts';
import { createClients } from './clients.ts';
import { beginFault } from './faults.ts';
import { createGatedWorld, type GatedWorld } from './gated-world.ts';
import { createHands } from './hands.ts';
import { createMirror, type Mirror } from './mirror.ts';
import { createNames, type Names } from './names.ts';
import { uncordonAll } from './nodes.ts';
import { makeNamespaces, makeObjects, namespacesOf } from './objects.ts';
import { operateIn } from './operate.ts';
import { createProxies, type ManifestsOf } from './proxies.ts';
import { addressIn, type NodePorts, type Reach, readNodePorts } from './reach.ts';
import { createReceiptReader, type ReceiptReader } from './receipts.ts';
import { createServed } from './served.ts';
import { createRunTime, type RunTime } from './time.ts';

export interface WorldOptions extends OpenOptions {
  readonly api: Api;
  /** 'tg-1a2b3c' */
  readonly run: string;
  readonly image: string;
  readonly reach: Reach;
  readonly manifestsOf: ManifestsOf;
  /** null: more than the namespaces of a run must not be touched. */
  readonly gate: GateSide | null;
  /** Namespaces stay when the run is over. */
  readonly keeps: boolean;
  /** Hears of each thing that is made or deleted in the whole cluster. */
  readonly say: (sentence: string) => void;
}

const resourceOf = ({ plural, group }: (typeof watchedKinds)[number]): string =>
  group === '' ? plural : `${plural}.${group}`;
const routing: readonly string[] = watchedKinds.map(resourceOf);
const followed: readonly string[] = [
  ...routing,
  'namespaces',
  'pods',
  'events',
  'deployments.apps',
  'replicasets.apps',
  'statefulsets.apps',
];

/** A cluster is slower than a model of one: properties that know a time are given these figures. */
const slowKnobs = { linkLatencyUs: 20_000, linkJitterUs: 20_000, watchLagMsMax: 1_000 };
const foreverMs = 24 * 3_600_000;
const settleMs = 1_000;
const convergeWithinMs = 60_000;
const lookEveryMs = 100;
const syncWithinMs = 30_000;
const defaultClass = 'kong';

/** Resolves when `isSo`, or after so long; says which. */
function until(time: RunTime, isSo: () => boolean, withinMs: number): Promise<boolean> {
  const untilUs = time.nowUs() + withinMs * 1000;
  return new Promise((resolve) => {
    const look = (): void => {
      if (isSo()) resolve(true);
      else if (time.nowUs() >= untilUs) resolve(false);
      else time.after(lookEveryMs, look);
    };
    look();
  });
}

interface Parts {
  readonly options: WorldOptions;
  readonly world: CompiledWorld;
  readonly names: Names;
  readonly time: RunTime;
  readonly evidence: Evidence;
  readonly mirror: Mirror;
  readonly receipts: ReceiptReader;
  /** Known once the Services of the proxies are there. */
  readonly found: { ports: NodePorts };
  /** null: proxies call the API themselves. */
  readonly gated: Gated | null;
  /** Of all objects that were seen. */
  readonly highest: { version: number };
}

interface Gated extends GatedWorld {
  readonly gates: ApiGates;
}

/** Proxies go through gates only where a fault of the scenario stands in them. */
async function openGated(
  { shape, knobs }: CompiledWorld,
  { gate, faults }: WorldOptions,
  seen: Pick<Parts, 'time' | 'evidence'> & { readonly version: () => number },
): Promise<Gated | null> {
  if (gate === null || !faults.some(isApiFault)) return null;
  const { scheduler, clock } = seen.time;
  const gated = createGatedWorld({ scheduler, evidence: seen.evidence, shape, knobs, version: seen.version });
  return { ...gated, gates: await openApiGates({ ...gate, gated, clock }) };
}

export async function openWorld(world: CompiledWorld, options: WorldOptions): Promise<LiveWorld> {
  const { api, run, seed } = options;
  const names = createNames(run);
  const time = createRunTime(seed);
  const evidence = createEvidence();
  const spaces = namespacesOf(world);
  const highest = { version: 0 };
  await makeNamespaces(names, spaces, options);
  const mirror = createMirror({
    api,
    names,
    time,
    namespaces: spaces.map(names.namespace),
    systemNamespace: run,
    resources: followed,
    store: evidence.store,
  });
  let gated: Gated | null = null;
  const abandon = async (): Promise<void> => {
    mirror.stop();
    time.stop();
    await gated?.gates.close();
    if (!options.keeps) await clean(api, run, options.say);
    // Nobody is left a node that takes no pods, whatever else stays.
    else if (options.faults.includes('node-lost')) await uncordonAll(api, run, options.say);
  };
  const receipts = createReceiptReader(
    api,
    names,
    time,
    evidence.receipts,
    (pod) => mirror.raw('pods').find(({ metadata }) => metadata.uid === pod.metadata.uid) ?? null,
  );
  const found: Parts['found'] = { ports: new Map() };
  try {
    gated = await openGated(world, options, { time, evidence, version: () => highest.version });
    const live = assemble(
      { options, world, names, time, evidence, mirror, receipts, found, gated, highest },
      abandon,
    );
    if (!(await until(time, mirror.synced, syncWithinMs))) throw new Error('the cluster cannot be read');
    await makeObjects(world, names, options, names.ingressClass(defaultClass), gated?.gates ?? null);
    if (options.reach.by === 'nodes') found.ports = await readNodePorts(api, run, world.shape.gateways);
    return live;
  } catch (error) {
    await abandon();
    throw error;
  }
}

function assemble(parts: Parts, abandon: () => Promise<void>): LiveWorld {
  const { options, world, names, time, evidence, mirror, receipts, found, gated, highest } = parts;
  const { api, run, image, reach, seed, promises } = options;
  const { shape, knobs, objects } = world;
  const proxies = createProxies(evidence.lives, time);
  let version = 0;
  mirror.onChange = (type, resource, object) => {
    version++;
    highest.version = Math.max(highest.version, Number(object.metadata.resourceVersion ?? 0));
    if (resource !== 'pods') return;
    if (object.metadata.namespace === run) proxies.take(type, object);
    else if (type !== 'DELETED') receipts.follow(object);
  };
  const addressOf = (index: number) => addressIn(reach, proxies.podOf(index), index, found.ports);
  const clients = createClients(evidence.requests, names, time, addressOf);
  const timeline = createTimeline(time.nowUs);
  const served = createServed({
    time,
    proxies: shape.gateways,
    statusUrlOf: (index) => addressOf(index)?.statusUrl ?? null,
    objects: () => routing.flatMap((resource) => mirror.raw(resource) as unknown as readonly KubeObject[]),
    version: () => version,
    ingressClass: names.ingressClass(defaultClass),
  });
  const surveyed = {
    evidence,
    scheduler: time.scheduler,
    addClient: clients.add,
    cluster: {
      api: {
        store: {
          list: mirror.list,
          get: (resource: string, namespace: string | undefined, name: string) =>
            mirror.get(resource, namespace ?? '', name),
        },
      },
    },
  };
  const strategy = { name: 'uniform' } as const;
  const open = {
    version: planVersion,
    seed,
    strategy,
    world: shape,
    objects,
    promises,
    timeline: [],
  } as const;
  const hands = createHands({
    ...{ api, run, names, mirror, time, proxies, reach },
    beginApiFault(entry, record) {
      if (gated === null) throw new Error(`no gate was opened for the fault ${entry.fault}`);
      const plan: Plan = { ...open, knobs, clients: [], healMs: foreverMs, endMs: foreverMs };
      return beginApiFault(gated.world, plan, entry, record);
    },
  });
  const senders: Map<string, ReturnType<typeof clients.add>> = new Map();
  const driver: Driver = {
    begin: (_isCold, done) => done(),
    nowMs: () => time.nowUs() / 1000,
    after: time.after,
    read: mirror.get,
    list: mirror.list,
    operate(operation, done) {
      timeline.operation(operation);
      void operateIn({ api, names, mirror, time, image, run }, operation).then(done);
    },
    inject(fault, lastsMs, begun) {
      beginFault(hands, timeline.fault(fault, lastsMs), lastsMs, evidence.faults, begun);
    },
    send(client, request) {
      const { entry } = timeline.request(client, request);
      const sender = senders.get(client.name) ?? clients.add(client);
      senders.set(client.name, sender);
      sender.send(entry.id, request);
    },
    expect(expectation, done) {
      const entry = timeline.expectation(expectation);
      beginExpectationIn(surveyed, entry, served.look, ({ met, seen }) => done(met, seen));
    },
    isProxyReady: proxies.isReady,
    isAlive: (host) => proxies.isAlive(Number(/^gateway-(\d+)$/.exec(host)?.[1] ?? 0) - 1),
    isServed() {
      const { answer, seen } = served.look();
      if (answer !== 'yes' && gated?.gates.heard() === 0)
        return {
          served: false,
          seen: `pods of the cluster do not reach this machine at ${options.gate!.host}`,
        };
      return { served: answer === 'yes', seen };
    },
  };
  return {
    driver,
    async collect(): Promise<Collected> {
      const healMs = Math.ceil(driver.nowMs());
      const isQuiet = (): boolean => clients.open() === 0 && driver.isServed().served;
      const endedEarly = await until(time, isQuiet, convergeWithinMs);
      // What pods have taken is a moment on its way through their logs.
      await until(time, () => false, settleMs);
      const lost = receipts.missing();
      if (lost > 0) options.say(`${lost} receipts were lost with the logs of pods`);
      const judgedBy = { ...knobs, ...slowKnobs };
      const plan: Plan = {
        ...open,
        knobs: judgedBy,
        clients: timeline.clients,
        timeline: [...timeline.entries].sort((a, b) => a.atMs - b.atMs),
        healMs,
        endMs: healMs + recoverMs({ knobs: judgedBy, strategy }),
      };
      const all = followed.map(
        (resource) => [resource, mirror.list(resource) as readonly StoredObject[]] as const,
      );
      return {
        evidence,
        plan,
        endUs: time.nowUs(),
        startedUs: proxies.startedUs(),
        endedEarly,
        objects: new Map(all),
      };
    },
    async close() {
      served.stop();
      receipts.stop();
      clients.close();
      await abandon();
    },
  };
}
