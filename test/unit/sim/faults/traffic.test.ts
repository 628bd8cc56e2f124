// Each fault of the data path and of the cluster alone, in a small world: it meets something, what is asked twenty seconds
// after it has healed is answered, and the run is the same when it is run again. The same for what operators do.
import { expect, test } from 'vitest';
import { findFault } from '../../../../sim/faults/catalogue.ts';
import { operatedFaults, operatedHits } from '../../../../sim/faults/operated.ts';
import type { OperationName } from '../../../../sim/history/generate/operations.ts';
import type { Plan } from '../../../../sim/history/plan.ts';
import { type History, runHistory } from '../../../../sim/history/run.ts';
import { type MischiefKind, mischiefKinds } from '../../../../sim/pod/mischief.ts';
import { isJudged, planOf, planOfOperation, type Trial } from './traffic-plan.ts';

const visits = { host: 'shop.example', path: '/', gateway: 0, tls: false };
const mischief = { count: 1_000, ms: 300, bytes: 20, pods: 'all' };
const cut = { side: 'server', bytes: 40, count: 3, pods: 'all', between: 'pod' };
const cutOff = { between: 'application', gateway: '', node: 0, how: 'partition', draw: 3 };

/** Strikes only while a body is on its way, which the steady requests of the plan never have. */
const needsNoBody = (kind: MischiefKind): boolean => !kind.startsWith('answers-early');

/** Which fault has which kinds of mischief is its own business; here each kind is tried under one that takes any. */
const mischiefTrials = Object.fromEntries(
  mischiefKinds.filter(needsNoBody).map((kind): [string, Trial] => {
    const bytes = kind === 'interim-storm' ? 30 : mischief.bytes;
    return [`pods: ${kind}`, { fault: 'malformed-answers', parameters: { ...mischief, kind, bytes } }];
  }),
);

const byName = { isOutside: true, target: 'shop.tenant-a.outside.example' } as const;
const nameTrials: Readonly<Record<string, Trial>> = {
  'a name changes': { ...byName, fault: 'name-changes', parameters: { keep: 1, everyMs: 700 } },
  ...Object.fromEntries(
    ['ESERVFAIL', 'EREFUSED', 'ECONNREFUSED', 'ETIMEOUT'].map((how): [string, Trial] => [
      `names are not answered: ${how}`,
      { ...byName, isHarmless: true, fault: 'names-unanswered', parameters: { how } },
    ]),
  ),
  'names are answered late': {
    ...byName,
    isHarmless: true,
    fault: 'names-late',
    parameters: { lateMs: 1_500 },
  },
  'a name vanishes': { ...byName, fault: 'name-vanishes' },
  ...Object.fromEntries(
    ['empty', 'no-time', 'crowd', 'rubbish', 'later-priority', 'nowhere-too'].map((how): [string, Trial] => [
      `odd answers of DNS: ${how}`,
      { ...byName, isHarmless: true, fault: 'odd-name-answers', parameters: { how } },
    ]),
  ),
};

const trials: Readonly<Record<string, Trial>> = {
  ...nameTrials,
  ...mischiefTrials,
  'a pod refuses, with visitors': {
    fault: 'pod-refuses-connections',
    parameters: { ...mischief, kind: 'refuses', pods: 1, ...visits, key: '', visitMs: 200 },
  },
  ...Object.fromEntries(
    ['pod-sick', 'pod-mute'].map((fault): [string, Trial] => [
      `${fault}, with visitors`,
      { fault, parameters: { pods: 0, sickMs: 1_500, ...visits, key: '', visitMs: 200, slow: false } },
    ]),
  ),
  'a newcomer starts slowly, with visitors': {
    fault: 'slow-newcomer',
    parameters: { seconds: 2, ...visits, key: '', visitMs: 100, slow: false },
  },
  'a pod hears no connect': { fault: 'pod-hears-no-connect', parameters: { pods: 'all', cuts: true } },
  'a request is cut before its first byte': {
    fault: 'connections-cut',
    parameters: { ...cut, side: 'client', bytes: 0 },
  },
  'a request is cut in its head': { fault: 'connections-cut', parameters: { ...cut, side: 'client' } },
  'an answer is cut': { fault: 'connections-cut', parameters: cut },
  'an answer is cut in its body': { fault: 'connections-cut', parameters: { ...cut, bytes: 200 } },
  'a client is cut off': {
    fault: 'connections-cut',
    target: 'plain',
    parameters: { ...cut, between: 'client' },
  },
  'a pod vanishes': { fault: 'pod-vanishes', parameters: { pods: 0 } },
  'single bytes to a pod': {
    fault: 'tiny-segments',
    lastsMs: 800,
    parameters: { between: 'pod', segmentBytesMax: 1, pods: 0 },
  },
  'single bytes to a client': {
    fault: 'tiny-segments',
    target: 'plain',
    lastsMs: 800,
    parameters: { between: 'client', segmentBytesMax: 1 },
  },
  ...Object.fromEntries(
    ['partition', 'to', 'from', 'clog', 'swizzle', 'slow'].map((how): [string, Trial] => [
      `pods partitioned: ${how}`,
      { fault: 'data-path-partition', parameters: { ...cutOff, how } },
    ]),
  ),
  'a node partitioned': { fault: 'data-path-partition', parameters: { ...cutOff, between: 'node' } },
  'all pods partitioned': { fault: 'data-path-partition', parameters: { ...cutOff, between: 'pods' } },
  'a client partitioned': {
    fault: 'data-path-partition',
    target: 'plain',
    parameters: { ...cutOff, between: 'client' },
  },
  'a pod speaks unasked': {
    fault: 'pod-speaks-unasked',
    parameters: { pods: 'all', count: 4, answer: true },
  },
  'a pod speaks rubbish': {
    fault: 'pod-speaks-unasked',
    parameters: { pods: 'all', count: 4, answer: false },
  },
  ...Object.fromEntries(
    ['answers-early', 'answers-early-and-closes'].map((kind): [string, Trial] => [
      `a pod ${kind}`,
      {
        fault: 'early-answers',
        parameters: {
          ...visits,
          kind,
          count: 8,
          pods: 'all',
          everyMs: 150,
          sendMs: 60,
          visitMs: 300,
          key: '',
        },
      },
    ]),
  ),
  'clients do not read': {
    fault: 'clients-do-not-read',
    parameters: { ...visits, count: 2, answerBytes: 600_000 },
  },
  'slow heads': { fault: 'slowloris', parameters: { ...visits, count: 10, body: false } },
  'slow bodies': { fault: 'slowloris', parameters: { ...visits, tls: true, count: 10, body: true } },
  ...Object.fromEntries(
    ['sending', 'waiting', 'answer', 'half-close'].map((moment): [string, Trial] => [
      `clients go away: ${moment}`,
      {
        fault: 'clients-go-away',
        parameters: { ...visits, moment, everyMs: 200, afterMs: 50, reset: true, answerBytes: 300_000 },
      },
    ]),
  ),
  'silent handshakes': { fault: 'tls-handshakes-stall', parameters: { gateway: 0, count: 5, says: '' } },
  'handshakes that are none': {
    fault: 'tls-handshakes-stall',
    parameters: { gateway: 0, count: 5, says: 'GET / HTTP/1.1\r\n\r\n' },
  },
  'an unknown name': {
    fault: 'tls-unknown-name',
    parameters: { ...visits, tls: true, host: 'unknown.example', everyMs: 300 },
  },
  'certificates rotate': {
    fault: 'tls-rotation-under-handshakes',
    target: 'tenant-a/shop-tls',
    parameters: { ...visits, tls: true, everyMs: 150 },
  },
  ...Object.fromEntries(
    ['late', 'split', 'absent', 'garbage', 'doubled', 'endless'].flatMap((manner) =>
      [false, true].map((tls): [string, Trial] => [
        `a PROXY protocol header, ${manner}${tls ? ', before TLS' : ''}`,
        {
          fault: 'odd-proxy-headers',
          knobs: { proxyProtocol: true },
          parameters: { ...visits, tls, manner, everyMs: 200 },
        },
      ]),
    ),
  ),
  ...Object.fromEntries(
    ['fourth', 'third', ''].map((shows): [string, Trial] => [
      `clients show certificate '${shows}'`,
      {
        fault: 'clients-show-certificates',
        knobs: { clientCertificates: true },
        parameters: { ...visits, tls: true, shows, everyMs: 200 },
      },
    ]),
  ),
  'a worker crashes': { fault: 'crash-worker', target: 'gateway-1/worker-0' },
  'a worker hangs': { fault: 'hang-worker', target: 'gateway-1/worker-1' },
  'a worker starts slowly': { fault: 'slow-worker-start', target: 'gateway-1/worker-0' },
  'a container crashes': {
    fault: 'container-crashes',
    parameters: { pods: 0, everyMs: 1_500, times: 2 },
  },
  ...Object.fromEntries(
    ['now', 'graceful', 'evicted'].map((how): [string, Trial] => [
      `pods deleted: ${how}`,
      { fault: 'pod-deleted', parameters: { pods: 'all', how } },
    ]),
  ),
  ...Object.fromEntries(
    ['serves', 'closes-listener', 'closes-idle', 'resets', 'ignores-term'].map((drain): [string, Trial] => [
      `a pod drains: ${drain}`,
      { fault: 'pod-terminates', parameters: { pods: 0, drain, unready: true, drainMs: 1_000 } },
    ]),
  ),
  'an address goes to another tenant': {
    fault: 'address-reused',
    knobs: { addressReuse: 'soon' },
    parameters: { pods: 0, heir: 'tenant-b/blog' },
  },
  'a node is lost': { fault: 'node-lost', target: 'node-1' },
  'a node is lost and missed': { fault: 'node-lost', target: 'node-1', knobs: { nodeGraceMs: 2_000 } },
  'a zone is lost': { fault: 'zone-lost', target: 'zone-0', world: { nodes: 5, gateways: 2 } },
  'endpoints flap': { fault: 'endpoints-flap', parameters: { pods: 'all', everyMs: 30 } },
  'somebody else writes slices': {
    fault: 'slices-by-another-writer',
    parameters: { everyMs: 300, first: 0 },
  },
};

/** What a recipe leaves for good, where it is not the application as it was. */
const lastingStatus: Partial<Record<OperationName, number>> = {
  'delete-ingress': 404,
  'move-host': 404,
  'recreate-ingress': 404,
};

/** Both runs of the plan are sound and the same, and in the end everybody is answered as he should be. */
function check(plan: Plan, shopStatus: number): History {
  const first = runHistory(plan, { crds: [] });
  const second = runHistory(plan, { crds: [] });
  expect(first.exception).toBeNull();
  expect(second.hash).toBe(first.hash);
  const judged = first.evidence.requests.filter(({ nonce }) => isJudged(nonce));
  expect(judged.map(({ nonce, host, status, error }) => ({ nonce, host, status, error }))).toEqual(
    judged.map(({ nonce, host }) => ({
      nonce,
      host,
      status: host === 'shop.example' ? shopStatus : 200,
      error: '',
    })),
  );
  expect(judged.length).toBeGreaterThan(0);
  return first;
}

test.each(Object.entries(trials))('%s', (_name, trial) => {
  const { lastsMsMax, harms } = findFault(trial.fault)!;
  const { evidence } = check(planOf(trial, lastsMsMax), 200);
  expect(evidence.faults.map(({ hits }) => hits > 0)).toEqual([true]);
  // What harms nobody harms nobody.
  const failed = evidence.requests.filter(
    ({ nonce, status, error }) =>
      nonce.startsWith('r') && ((status !== 200 && status !== 101) || error !== ''),
  );
  if (harms.length === 0 || trial.isHarmless === true)
    expect(failed.map(({ nonce, status, error }) => [nonce, status, error])).toEqual([]);
});

test('a slow start that is over before there is a worker again has met its crash', () => {
  const { evidence } = runHistory(planOf(trials['a worker starts slowly']!, 1), { crds: [] });
  expect(evidence.faults.map(({ hits }) => hits)).toEqual([1]);
});

test('an address that goes to another tenant has had two owners', () => {
  const trial = trials['an address goes to another tenant']!;
  const { evidence } = runHistory(planOf(trial, findFault(trial.fault)!.lastsMsMax), { crds: [] });
  const owners = new Map<string, Set<string>>();
  for (const { resource, object } of evidence.store) {
    const { podIP } = (object as { readonly status?: { readonly podIP?: string } }).status ?? {};
    if (resource !== 'pods' || podIP === undefined) continue;
    owners.set(podIP, (owners.get(podIP) ?? new Set()).add(object.metadata.namespace ?? ''));
  }
  expect([...owners.values()].some(({ size }) => size > 1)).toBe(true);
});

const operated = operatedFaults.flatMap((row) =>
  row.operations.map((operation) => [operation, row] as const),
);
/** Needs custom resources, which these worlds do without. */
const needsPlugin: readonly OperationName[] = ['recreate-credential'];

test.each(operated.filter(([operation]) => !needsPlugin.includes(operation)))(
  'operator: %s',
  (operation, row) => {
    const { evidence } = check(planOfOperation(operation), lastingStatus[operation] ?? 200);
    expect(operatedHits({ ...row, operations: [operation] }, evidence)).toBeGreaterThan(0);
  },
);
