// A trace in the JSON format that ui.perfetto.dev and chrome://tracing read: one track a lane, faults as spans, causes of the
// requests' events left out, as there are thousands.
import type { Trace } from '../format.ts';

interface TraceEvent {
  readonly name: string;
  readonly ph: 'X' | 'i' | 'M';
  readonly ts?: number;
  readonly dur?: number;
  readonly s?: 't';
  readonly pid: number;
  readonly tid: number;
  readonly args?: Readonly<Record<string, unknown>>;
}

export function toPerfetto({ manifest, story, store }: Trace): string {
  const lanes: Map<string, number> = new Map();
  const laneOf = (name: string): number => {
    let id = lanes.get(name);
    if (id === undefined) {
      id = lanes.size + 1;
      lanes.set(name, id);
    }
    return id;
  };
  laneOf('faults');
  laneOf('store');
  const events: TraceEvent[] = [];
  for (const { at, to, lane, kind, text, entry } of story) {
    const base = { name: text, pid: 1, tid: laneOf(lane), ts: at, args: { kind, entry } };
    events.push(to > at ? { ...base, ph: 'X', dur: to - at } : { ...base, ph: 'i', s: 't' });
  }
  for (const { at, version, change, resource, namespace, name, object } of store)
    events.push({
      name: `${change} ${resource} ${namespace}/${name}`,
      ph: 'i',
      s: 't',
      ts: at,
      pid: 1,
      tid: laneOf('store'),
      args: { version, object },
    });
  const names: TraceEvent[] = [...lanes].map(([name, tid]) => ({
    name: 'thread_name',
    ph: 'M',
    pid: 1,
    tid,
    args: { name },
  }));
  const title: TraceEvent = {
    name: 'process_name',
    ph: 'M',
    pid: 1,
    tid: 0,
    args: { name: `${manifest.property}: ${manifest.message}` },
  };
  return `${JSON.stringify({ traceEvents: [title, ...names, ...events], displayTimeUnit: 'ms' })}\n`;
}
