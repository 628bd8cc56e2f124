// GET /metrics in Prometheus' text format: Kong's names where the meaning is the same, our own for the rest.
import type { SharedCounters } from '../../ports/shared.ts';
import { exitReasons } from '../exchange/exits.ts';
import { CounterTable } from '../plugins/rate-limiting/counter-table.ts';
import type { ProxyServer } from '../server/main.ts';
import {
  readTables,
  statisticsLayout,
  statisticsWords,
  sumExits,
  sumStatistics,
  tablesBoundsUs,
} from '../server/statistics.ts';
import { MetricsText } from './metrics-text.ts';
import { routeMetrics } from './route-metrics.ts';

function ofWorker(counters: SharedCounters, index: number, word: number): number {
  return counters[index * statisticsWords + word]!;
}

function writeConnections(out: MetricsText, proxy: ProxyServer): void {
  const { statistics } = proxy.shared;
  const labels = (state: string) => ({ subsystem: 'http', state });
  out.family('kong_nginx_connections_total', 'gauge', 'Client connections by state.');
  const accepted = sumStatistics(statistics, 'connectionsAccepted');
  out.sample('kong_nginx_connections_total', accepted, labels('accepted'));
  out.sample('kong_nginx_connections_total', accepted, labels('handled'));
  out.sample(
    'kong_nginx_connections_total',
    sumStatistics(statistics, 'connectionsActive'),
    labels('active'),
  );
  out.sample('kong_nginx_connections_total', sumStatistics(statistics, 'requests'), labels('total'));
  out.family('kong_nginx_requests_total', 'gauge', 'Requests received.');
  out.sample('kong_nginx_requests_total', sumStatistics(statistics, 'requests'), { subsystem: 'http' });
}

function writeWorkers(out: MetricsText, proxy: ProxyServer): void {
  const { statistics } = proxy.shared;
  const members = proxy.members();
  out.family('tidegate_worker_live', 'gauge', '1 when the worker serves.');
  for (const { index, state } of members)
    out.sample('tidegate_worker_live', state === 'live' ? 1 : 0, { worker: String(index) });
  out.family('tidegate_worker_restarts_total', 'counter', 'Workers replaced after they ended.');
  for (const { index, restarts } of members)
    out.sample('tidegate_worker_restarts_total', restarts, { worker: String(index) });
  out.family('tidegate_responses_total', 'counter', 'Responses by worker and status class.');
  for (const { index } of members) {
    for (const code of ['1xx', '2xx', '3xx', '4xx', '5xx'] as const) {
      const value = ofWorker(statistics, index, statisticsLayout[`responses${code}`]);
      out.sample('tidegate_responses_total', value, { worker: String(index), code });
    }
  }
}

/** What new tables cost a worker, which serves nobody while it builds. */
function writeTables(out: MetricsText, proxy: ProxyServer): void {
  const figures = proxy
    .members()
    .map(({ index }) => ({ worker: String(index), ...readTables(proxy.shared.statistics, index) }));
  const name = 'tidegate_tables_work_seconds';
  out.family(name, 'histogram', 'Time that a worker spent on each change of its tables.');
  for (const { worker, counts, sumUs } of figures) {
    let below = 0;
    for (const [bucket, count] of counts.entries()) {
      below += count;
      const bound = tablesBoundsUs[bucket];
      out.sample(`${name}_bucket`, below, { worker, le: bound === undefined ? '+Inf' : `${bound / 1e6}` });
    }
    out.sample(`${name}_count`, below, { worker });
    out.sample(`${name}_sum`, sumUs / 1e6, { worker });
  }
  const slice = 'tidegate_tables_slice_seconds';
  out.family(
    slice,
    'gauge',
    'The longest slice of the last change of tables: so long no request was served.',
  );
  for (const { worker, sliceUs } of figures) out.sample(slice, sliceUs / 1e6, { worker });
}

const plainCounters = [
  ['connectionsRefused', 'tidegate_connections_refused_total', 'Connections refused at a limit.'],
  ['upstreamConnects', 'tidegate_upstream_connects_total', 'Connections opened towards upstreams.'],
  ['upstreamReuses', 'tidegate_upstream_reuses_total', 'Requests sent over a pooled upstream connection.'],
  ['retries', 'tidegate_retries_total', 'Tries after the first one.'],
  ['connectionsDisplaced', 'tidegate_connections_displaced_total', 'Idle connections closed to make room.'],
  ['accessLinesDropped', 'tidegate_access_lines_dropped_total', 'Access log lines dropped at a limit.'],
] as const;

function writeExits(out: MetricsText, proxy: ProxyServer): void {
  const name = 'tidegate_proxy_exits_total';
  out.family(name, 'counter', 'Requests that did not end with a whole response of an upstream, by reason.');
  for (const reason of exitReasons) out.sample(name, sumExits(proxy.shared.statistics, reason), { reason });
}

/** The whole page, in pieces: what routes have to say grows with them. */
export function* formatMetrics(proxy: ProxyServer, kongVersion: string, wallMs: number): Generator<string> {
  const out = new MetricsText();
  const { statistics, counters, health } = proxy.shared;
  const config = proxy.config();
  out
    .family('kong_node_info', 'gauge', 'What this gateway is.')
    .sample('kong_node_info', 1, { version: kongVersion });
  out
    .family('tidegate_config_info', 'gauge', 'The config in use, by id.')
    .sample('tidegate_config_info', 1, { id: config.id });
  out
    .family('tidegate_config_kept', 'gauge', '1 while the config in use is that of before the start.')
    .sample('tidegate_config_kept', proxy.keptState() === 'none' ? 0 : 1, {});
  out.family('tidegate_config_entities', 'gauge', 'Entities in the config.');
  for (const [type, table] of Object.entries(config.entities))
    out.sample('tidegate_config_entities', table.size, { type });
  writeConnections(out, proxy);
  writeWorkers(out, proxy);
  writeTables(out, proxy);
  for (const [counter, name, help] of plainCounters)
    out.family(name, 'counter', help).sample(name, sumStatistics(statistics, counter));
  out
    .family('tidegate_exchanges_active', 'gauge', 'Requests under way.')
    .sample('tidegate_exchanges_active', sumStatistics(statistics, 'exchangesActive'));
  writeExits(out, proxy);
  const table = new CounterTable(counters);
  out.family('kong_memory_lua_shared_dict_total_bytes', 'gauge', 'Capacity of shared memory by use.');
  out.sample('kong_memory_lua_shared_dict_total_bytes', counters.byteLength, {
    shared_dict: 'rate_limiting_counters',
  });
  out.sample('kong_memory_lua_shared_dict_total_bytes', health.byteLength, { shared_dict: 'health' });
  out
    .family('tidegate_rate_limiting_counters', 'gauge', 'Rate limiting counters in use, and how many fit.')
    .sample('tidegate_rate_limiting_counters', table.liveEntries(wallMs), { state: 'used' })
    .sample('tidegate_rate_limiting_counters', table.capacity, { state: 'capacity' });
  yield out.take();
  yield* routeMetrics(proxy);
}
