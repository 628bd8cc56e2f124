// A history as people would tell it: faults, operations, lives of processes, calls to the API, configs and requests, in the
// order in which they happened.
import type { Evidence } from '../evidence/evidence.ts';
import type { Plan } from '../history/plan.ts';
import type { StoryLine } from './format.ts';

type Told = Omit<StoryLine, 'type'>;

const shortId = (configId: string): string => configId.slice(0, 8);

/** 'ingresses 28, others 26' of the JSON that tells which versions a config has seen. */
function describeRevision(revision: string | null): string {
  if (revision === null) return 'what it has seen was not told';
  const versions = Object.entries(JSON.parse(revision) as Record<string, string>);
  const counts: Map<string, number> = new Map();
  for (const [, version] of versions) counts.set(version, (counts.get(version) ?? 0) + 1);
  const [common] = [...counts].sort((a, b) => b[1] - a[1] || Number(a[0]) - Number(b[0]))[0] ?? [''];
  const own = versions
    .filter(([, version]) => version !== common)
    .map(([resource, version]) => `${resource.split('.', 1)[0]} ${version}`)
    .sort();
  return `it has seen ${[...own, `others ${common}`].join(', ')}`;
}

function plannedStory({ timeline }: Plan): readonly Told[] {
  return timeline.flatMap((entry) => {
    if (entry.do !== 'operate') return [];
    const { verb, resource, namespace, name } = entry.operation;
    const at = entry.atMs * 1000;
    const object = namespace === '' ? name : `${namespace}/${name}`;
    return [
      {
        at,
        to: at,
        lane: 'operator',
        kind: 'operate',
        text: `${verb} ${resource} ${object}`,
        entry: entry.id,
      },
    ];
  });
}

function controlStory({ faults, lives, calls, configs, swaps, expectations }: Evidence): readonly Told[] {
  return [
    ...expectations.map(({ id, atUs, doneUs, text, met, seen }): Told => {
      const outcome = met ? 'came true' : `did not come true: ${seen}`;
      const to = Math.max(atUs, doneUs);
      return {
        at: atUs,
        to,
        lane: 'operator',
        kind: 'expect',
        text: `expects ${text}, which ${outcome}`,
        entry: id,
      };
    }),
    ...faults.map(({ fromUs, toUs, fault, target, hits, id }): Told => {
      const text = `${fault}${target === '' ? '' : ` on ${target}`}${hits === 0 ? ', which met nothing' : ''}`;
      return { at: fromUs, to: toUs, lane: 'faults', kind: 'fault', text, entry: id };
    }),
    ...lives.map(({ atUs, host, life, what }): Told => {
      return { at: atUs, to: atUs, lane: host, kind: 'life', text: `${what} of life ${life}`, entry: '' };
    }),
    ...calls.map(({ host, sentUs, endUs, method, path, status, error }): Told => {
      const text = `${method} ${path}: ${error === '' ? status : error}`;
      return { at: sentUs, to: Math.max(sentUs, endUs), lane: host, kind: 'call', text, entry: '' };
    }),
    ...configs.map(({ gateway, atUs, config, epoch, revision }): Told => {
      const text = `takes config ${shortId(config.id)}${epoch === null ? '' : ` of epoch ${epoch}`}; ${describeRevision(revision)}`;
      return { at: atUs, to: atUs, lane: gateway, kind: 'config', text, entry: '' };
    }),
    ...swaps.map(({ gateway, worker, atUs, configId }): Told => {
      const lane = `${gateway}/worker-${worker}`;
      return {
        at: atUs,
        to: atUs,
        lane,
        kind: 'swap',
        text: `serves config ${shortId(configId)}`,
        entry: '',
      };
    }),
  ];
}

function requestStory({ requests, receipts }: Evidence): readonly Told[] {
  return [
    ...requests.map((request): Told => {
      const { nonce, client, gateway, scheme, method, host, path, sentUs, doneUs, status, error } = request;
      const outcome = error === '' ? status : `${status === 0 ? '' : `${status}, `}${error}`;
      const text = `${nonce}: ${method} ${scheme}://${host}${path} to ${gateway}: ${outcome}`;
      return { at: sentUs, to: Math.max(sentUs, doneUs), lane: client, kind: 'request', text, entry: nonce };
    }),
    ...receipts.map(({ nonce, atUs, pod, address, port, method, path, status }): Told => {
      const text = `${nonce}: takes ${method} ${path} at ${address}:${port}, answers ${status}`;
      return { at: atUs, to: atUs, lane: `pod ${pod}`, kind: 'receipt', text, entry: nonce };
    }),
  ];
}

export function tellStory(plan: Plan, evidence: Evidence): readonly StoryLine[] {
  return [...plannedStory(plan), ...controlStory(evidence), ...requestStory(evidence)]
    .map((told, index) => ({ told, index }))
    .sort((a, b) => a.told.at - b.told.at || a.index - b.index)
    .map(({ told }) => ({ type: 'story', ...told }));
}
