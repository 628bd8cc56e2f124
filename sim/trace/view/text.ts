// A trace as text: what was violated, the plan in a few lines, then who did what when, one line each.
import type { TimelineEntry } from '../../history/plan.ts';
import type { StoryLine, Trace } from '../format.ts';

function seconds(us: number): string {
  return (us / 1_000_000).toFixed(6);
}

function describeEntry(entry: TimelineEntry): string {
  switch (entry.do) {
    case 'request': {
      const { method, host, path } = entry.request;
      return `${entry.client} sends ${method} ${host}${path}`;
    }
    case 'operate': {
      const { verb, resource, namespace, name } = entry.operation;
      return `${verb} ${resource} ${namespace === '' ? name : `${namespace}/${name}`}`;
    }
    case 'fault': {
      const lasts = entry.untilMs > entry.atMs ? ` until ${seconds(entry.untilMs * 1000)}` : '';
      return `fault ${entry.fault} ${entry.target}${lasts}`;
    }
    case 'expect':
      return `expects ${entry.text}`;
  }
}

export function headline({ manifest, plan, end }: Trace): readonly string[] {
  const { property, promise, message, origin, entriesBefore, product, canary } = manifest;
  const { world } = plan;
  return [
    `VIOLATED ${property}: ${promise}`,
    `  ${message.split('\n').join('\n  ')}`,
    `  ${origin}, ${entriesBefore} entries before and ${plan.timeline.length} after shrinking, ${end.events} events, hash ${end.hash}`,
    `  tidegate ${product}${canary === null ? '' : ` with the canary ${canary}`}; ${world.mode}, ${world.gateways} gateways of ` +
      `${world.workers} workers, ${world.controllers} controllers, ${world.apiServers} API servers, ${world.nodes} nodes`,
  ];
}

export function planLines({ plan }: Trace): readonly string[] {
  return [
    ...plan.objects.map(({ id }) => `            has   ${id}`),
    ...plan.timeline.map(
      (entry) => `${seconds(entry.atMs * 1000).padStart(11)} ${entry.id.padEnd(5)} ${describeEntry(entry)}`,
    ),
  ];
}

interface Row {
  readonly at: number;
  readonly lane: string;
  readonly text: string;
}

/** Story and store log in the order of time. Reads and lease renewals of controllers say little; `all` shows them too. */
export function storyRows({ story, store, verdict }: Trace, all: boolean): readonly Row[] {
  const matters = ({ kind, text }: StoryLine): boolean =>
    all || kind !== 'call' || (!text.startsWith('GET ') && !text.includes('/leases'));
  const rows: Row[] = [
    ...story.filter(matters).map(({ at, to, lane, text }) => ({
      at,
      lane,
      text: to > at ? `${text} (${Math.ceil((to - at) / 1000)} ms)` : text,
    })),
    ...store
      .filter(({ resource }) => all || !/^(leases|events)\b/.test(resource))
      .map(({ at, version, change, resource, namespace, name }) => ({
        at,
        lane: 'store',
        text: `${version} ${change} ${resource} ${namespace === '' ? name : `${namespace}/${name}`}`,
      })),
    ...verdict.violations.map(({ atUs, property, message }) => ({
      at: atUs,
      lane: 'VIOLATED',
      text: `${property}: ${message.split('\n', 1)[0]}`,
    })),
  ];
  return rows
    .map((row, index) => ({ row, index }))
    .sort((a, b) => a.row.at - b.row.at || a.index - b.index)
    .map(({ row }) => row);
}

export function showTrace(trace: Trace, all: boolean): string {
  const rows = storyRows(trace, all);
  const width = Math.max(5, ...rows.map(({ lane }) => lane.length));
  const lines = [
    ...headline(trace),
    '',
    'plan',
    ...planLines(trace),
    '',
    'story (virtual seconds, who, what)',
    ...rows.map(({ at, lane, text }) => `${seconds(at).padStart(11)} ${lane.padEnd(width)} ${text}`),
  ];
  return `${lines.join('\n')}\n`;
}
