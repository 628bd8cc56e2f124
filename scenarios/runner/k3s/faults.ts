// Faults that can be brought about in a cluster: pods deleted, proxies killed, what pods of ours do wrong when they are told to;
// and, where more may be touched than the namespaces of the run, what happens to nodes and on the way to the API.
import { matchesLabels } from '../../../sim/cluster/controllers/selector.ts';
import type { StoredObject } from '../../../sim/cluster/store-api.ts';
import type { FaultRecord } from '../../../sim/evidence/evidence.ts';
import { findFault } from '../../../sim/faults/catalogue.ts';
import { mischiefIn } from '../../../sim/faults/mischief.ts';
import type { FaultEntry, WorldShape } from '../../../sim/history/plan.ts';
import type { Mischief } from '../../../sim/pod/mischief.ts';
import type { AimedEntry } from '../../compile/fault-entry.ts';
import type { Injection } from '../driver.ts';
import { isApiFault } from './api-faults.ts';
import type { RunTime } from './time.ts';

/** What the faults do it with. */
export interface Hands {
  readonly time: RunTime;
  get(resource: string, namespace: string, name: string): StoredObject | null;
  list(resource: string): readonly StoredObject[];
  deletePod(pod: StoredObject, graceSeconds: number | null): Promise<boolean>;
  /** Ends the proxy's pod and lets no other start until it is called back with true. */
  holdProxy(index: number, isHeld: boolean, graceSeconds: number): Promise<boolean>;
  /** A lever of a pod of ours; null where it cannot be reached. */
  lever(pod: StoredObject, path: string): Promise<unknown>;
  /** Which node is meant; a sentence where the cluster has none that could be lost. */
  findNode(target: string): Promise<{ readonly name: string } | string>;
  /** No pod comes to it any more, and those of the scenario are gone at once; how many. */
  loseNode(name: string): Promise<number>;
  regainNode(name: string): Promise<void>;
  /** On the way of the controllers to the API; what it returns ends it. */
  beginApiFault(entry: FaultEntry, record: FaultRecord): () => void;
}

type Aimed = Pick<FaultEntry, 'parameters'>;

/** What it resolves to ends it; a sentence where it cannot be done. */
type Begin = (
  hands: Hands,
  fault: FaultEntry,
  record: FaultRecord,
) => Promise<(() => Promise<void>) | string>;

const nothing = async (): Promise<void> => undefined;

const proxyIndexOf = (target: string): number => Number(/^gateway-(\d+)$/.exec(target)?.[1] ?? 0) - 1;

/** Pods of a Deployment that are not on their way out, by name. */
function podsOf({ get, list }: Hands, target: string): readonly StoredObject[] {
  const [namespace = '', name = ''] = target.split('/');
  const selector = get('deployments.apps', namespace, name)?.spec?.['selector'] as
    | { readonly matchLabels?: Readonly<Record<string, string>> }
    | undefined;
  if (selector?.matchLabels === undefined) return [];
  return list('pods')
    .filter(({ metadata }) => metadata.namespace === namespace && metadata.deletionTimestamp === undefined)
    .filter(({ metadata }) => matchesLabels(selector.matchLabels!, metadata.labels))
    .toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}

/** As sim/faults/targets.ts chooses: 'all', or one of them by a number that the plan spells out. */
function chosen(pods: readonly StoredObject[], which: unknown): readonly StoredObject[] {
  if (which === 'all' || pods.length === 0) return pods;
  return [pods[Number(which) % pods.length]!];
}

const endProxy =
  (graceOf: (fault: Aimed) => number): Begin =>
  async (hands, fault, record) => {
    const index = proxyIndexOf(fault.target);
    if (await hands.holdProxy(index, true, graceOf(fault))) record.hits++;
    return async () => {
      await hands.holdProxy(index, false, 0);
    };
  };

const evictedGraceSeconds = 30;

const deletePods: Begin = async (hands, { target, parameters }, record) => {
  const grace = { now: 0, graceful: null, evicted: evictedGraceSeconds }[String(parameters['how'])] ?? null;
  for (const pod of chosen(podsOf(hands, target), parameters['pods']))
    if (await hands.deletePod(pod, grace)) record.hits++;
  return nothing;
};

const crashContainer: Begin = async (hands, { target, parameters }, record) => {
  const [pod] = chosen(podsOf(hands, target), parameters['pods']);
  if (pod === undefined) return nothing;
  let left = Number(parameters['times']);
  const crash = async (): Promise<void> => {
    if (left-- <= 0) return;
    if ((await hands.lever(pod, '/_pod/crash')) !== null) record.hits++;
    hands.time.after(Number(parameters['everyMs']), () => void crash());
  };
  await crash();
  return async () => {
    left = 0;
  };
};

function queryOf({ kind, count, ms, bytes }: Mischief): string {
  return new URLSearchParams({
    kind,
    count: String(count),
    ms: String(ms),
    bytes: String(bytes),
  }).toString();
}

const misbehave: Begin = async (hands, { target, parameters }, record) => {
  const pods = chosen(podsOf(hands, target), parameters['pods']);
  for (const pod of pods) await hands.lever(pod, `/_pod/misbehave?${queryOf(mischiefIn(parameters))}`);
  return async () => {
    for (const pod of pods) {
      const answer = (await hands.lever(pod, '/_pod/behave')) as { readonly struck?: number } | null;
      record.hits += answer?.struck ?? 0;
    }
  };
};

const drainSeconds = ({ parameters }: Aimed): number =>
  Math.max(1, Math.ceil(Number(parameters['drainMs'] ?? 1_000) / 1000));

const loseNode: Begin = async (hands, { target }, record) => {
  const node = await hands.findNode(target);
  if (typeof node === 'string') return node;
  record.hits += await hands.loseNode(node.name);
  return () => hands.regainNode(node.name);
};

const onTheWay: Begin = async (hands, entry, record) => {
  const end = hands.beginApiFault(entry, record);
  return async () => end();
};

const begins: Readonly<Record<string, Begin>> = {
  'crash-gateway': endProxy(() => 0),
  'terminate-gateway': endProxy(drainSeconds),
  'pod-deleted': deletePods,
  'container-crashes': crashContainer,
  'pod-resets-exchanges': misbehave,
  'pod-closes-idle-connections': misbehave,
  'slow-pod': misbehave,
  'malformed-answers': misbehave,
  'websocket-trouble': misbehave,
  'readiness-lags': misbehave,
  'node-lost': loseNode,
};

/** Of a cluster of somebody else: more than the namespaces of a run. */
const isDisruptive = (fault: string): boolean => fault === 'node-lost' || isApiFault(fault);

/** Why it cannot be done in a cluster; '' = it can. */
export function cannot(
  { fault, parameters, when }: AimedEntry,
  { apiServers }: WorldShape,
  mayDisrupt: boolean,
): string {
  if (!Object.hasOwn(begins, fault) && !isApiFault(fault))
    return 'not in a cluster: what it takes is not to be had through the Kubernetes API';
  if (isDisruptive(fault) && !mayDisrupt)
    return 'it touches more than the namespaces of a run: --allow-disruptive';
  // A gate is one way to all of them, which is away or there.
  if (fault === 'api-restart' && apiServers > 1 && parameters['how'] !== 'together')
    return 'the API servers of a cluster cannot be told apart';
  if (when !== null) return 'not in a cluster: nobody counts the writes of a controller there';
  return parameters['kind'] === 'refuses' ? 'a pod that refuses connections cannot be told to stop' : '';
}

/** `begun` hears when it has begun, or why it cannot; it ends after its time, or when somebody says so. */
export function beginFault(
  hands: Hands,
  entry: FaultEntry,
  lastsMs: number | null,
  records: FaultRecord[],
  begun: (injection: Injection | string) => void,
): void {
  const { time } = hands;
  const { id, fault: name, target, parameters } = entry;
  const fromUs = time.nowUs();
  const { harms } = findFault(name)!;
  const record: FaultRecord = { id, fault: name, harms, target, parameters, fromUs, toUs: fromUs, hits: 0 };
  records.push(record);
  const begin = begins[name] ?? onTheWay;
  const refused = (error: Error): string => error.message;
  void begin(hands, entry, record)
    .catch(refused)
    .then((end) => {
      if (typeof end === 'string') {
        begun(end);
        return;
      }
      let isOver = false;
      const finish = (done: () => void): void => {
        if (isOver) {
          done();
          return;
        }
        isOver = true;
        const over = (): void => {
          record.toUs = Math.max(record.toUs, time.nowUs());
          done();
        };
        // What could not be undone is undone by `clean`, which says so where it cannot either.
        void end().then(over, over);
      };
      if (lastsMs !== null) time.after(lastsMs, () => finish(() => undefined));
      begun({ end: finish });
    });
}
