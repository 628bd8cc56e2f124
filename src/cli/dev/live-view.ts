// What `dev` shows on a terminal: one calm page as text, made from data. Nothing here draws or reads keys.
import type { TrafficCount } from './traffic.ts';

export interface PodRow {
  readonly name: string;
  /** 'ready', 'starting', 'terminating', ... */
  readonly state: string;
  readonly address: string;
}

export interface LivePage {
  readonly addresses: readonly (readonly [name: string, address: string])[];
  readonly hints: readonly string[];
  readonly pods: readonly PodRow[];
  /** null when no requests are sent (the user's own manifests without a host). */
  readonly traffic: TrafficCount | null;
  readonly perSecond: number;
  /** Newest last. */
  readonly changes: readonly string[];
  readonly keys: string;
}

const ansi = {
  bold: '\x1b[1m',
  dim: '\x1b[2m',
  red: '\x1b[31m',
  green: '\x1b[32m',
  yellow: '\x1b[33m',
  end: '\x1b[0m',
};

function quantileMs(values: readonly number[], q: number): string {
  if (values.length === 0) return '-';
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]!.toFixed(1);
}

function formatTraffic(traffic: TrafficCount, perSecond: number): string {
  const failed =
    traffic.failed === 0
      ? `${ansi.green}failed 0${ansi.end}`
      : `${ansi.red}failed ${traffic.failed}${ansi.end}`;
  const latency = `p50 ${quantileMs(traffic.latenciesMs, 0.5)} ms  p99 ${quantileMs(traffic.latenciesMs, 0.99)} ms`;
  const reason = traffic.lastFailure === '' ? '' : `  ${ansi.dim}last: ${traffic.lastFailure}${ansi.end}`;
  return `  requests ${traffic.sent} (${perSecond}/s)  ${ansi.bold}${failed}  ${latency}${reason}`;
}

function formatPod(pod: PodRow, page: LivePage, width: number): string {
  const answers = page.traffic?.byPod.get(pod.name) ?? 0;
  const highest = Math.max(1, ...(page.traffic?.byPod.values() ?? []));
  const bar = '#'.repeat(Math.round((answers / highest) * 20)).padEnd(20, '.');
  const colour = pod.state === 'ready' ? ansi.green : ansi.yellow;
  return `  ${pod.name.padEnd(width)}  ${pod.address.padEnd(13)} ${colour}${pod.state.padEnd(12)}${ansi.end} ${ansi.dim}${bar}${ansi.end} ${answers}`;
}

/** The page as lines, at most `rows` of them, none wider than `columns` (escape codes not counted). */
export function formatPage(page: LivePage, columns: number, rows: number): readonly string[] {
  const width = Math.max(8, ...page.pods.map((pod) => pod.name.length));
  const head = [
    `${ansi.bold}tidegate dev${ansi.end}`,
    ...page.addresses.map(([name, address]) => `  ${name.padEnd(10)} ${address}`),
    '',
    ...page.hints.map((hint) => `  ${ansi.dim}$${ansi.end} ${hint}`),
    '',
  ];
  const traffic = page.traffic === null ? [] : [formatTraffic(page.traffic, page.perSecond), ''];
  const foot = ['', `  ${ansi.dim}${page.keys}${ansi.end}`];
  const left = Math.max(6, rows - head.length - traffic.length - foot.length - 1);
  const podCount = Math.min(page.pods.length, Math.ceil(left * 0.6));
  const pods = page.pods.slice(0, podCount).map((pod) => formatPod(pod, page, width));
  if (page.pods.length > podCount) pods.push(`  ... and ${page.pods.length - podCount} more pods`);
  const changes = page.changes.slice(-Math.max(2, left - pods.length - 1)).map((change) => `  ${change}`);
  return [...head, ...traffic, ...pods, '', ...changes, ...foot]
    .map((line) => cutLine(line, columns))
    .slice(0, rows);
}

/** Cuts at `columns` visible characters, keeping escape codes whole. */
export function cutLine(line: string, columns: number): string {
  let visible = 0;
  let at = 0;
  while (at < line.length) {
    if (line[at] === '\x1b') {
      at = line.indexOf('m', at) + 1;
      continue;
    }
    if (visible === columns) return `${line.slice(0, at)}${ansi.end}`;
    visible++;
    at++;
  }
  return line;
}
