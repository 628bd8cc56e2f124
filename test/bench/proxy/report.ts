// What a run of the bench says: one JSON object, or tables.
import { table } from '../figures.ts';
import type { CaseFigures, PeerFigures } from './figures.ts';
import type { PacedFigures } from './latency.ts';

export interface Verdict {
  readonly case: string;
  readonly ratio: number;
  readonly ratioMax: number;
  readonly passed: boolean;
}

export interface Report {
  readonly cases: readonly CaseFigures[];
  /** The other contenders in the same rounds. */
  readonly peers: readonly PeerFigures[];
  readonly latency: readonly PacedFigures[];
  readonly verdicts: readonly Verdict[];
  /** Version and settings of each contender, by its name, and of the machine and the load. */
  readonly settings: Readonly<Record<string, string>>;
}

export function verdictOf(figures: CaseFigures, ratioMax: number): Verdict {
  const ratio = figures.ratioToNginx;
  return { case: figures.case, ratio, ratioMax, passed: ratio <= ratioMax };
}

const columns = [
  'case',
  'cpu us',
  '/nginx',
  '[min - max]',
  '/haproxy',
  'per s',
  'p50 us',
  'p99 us',
  'rss MB',
];

function rowOf(name: string, figures: PeerFigures | CaseFigures): readonly string[] {
  const { min, max } = figures.spread;
  const toHaproxy = 'ratioToHaproxy' in figures ? figures.ratioToHaproxy : null;
  return [
    name,
    figures.cpuMicroseconds.toFixed(2),
    figures.ratioToNginx.toFixed(3),
    `[${min.toFixed(3)} - ${max.toFixed(3)}]`,
    toHaproxy === null ? '' : toHaproxy.toFixed(3),
    String(figures.requestsPerSecond),
    String(figures.p50Us),
    String(figures.p99Us),
    figures.rssMb.toFixed(1),
  ];
}

function caseTable({ cases, peers }: Report): string {
  const rows = cases.flatMap((figures) => [
    rowOf(figures.case, figures),
    ...peers.filter((peer) => peer.case === figures.case).map((peer) => rowOf(`  ${peer.contender}`, peer)),
  ]);
  return table([columns, ...rows]);
}

function latencyTable({ latency }: Report): string {
  const head = ['fixed rate', 'asked/s', 'answered/s', 'p50 us', 'p99 us', 'p99/nginx', 'cpu us'];
  const rows = latency.map((figures) => [
    figures.contender,
    String(figures.ratePerSecond),
    String(figures.answeredPerSecond),
    String(figures.p50Us),
    String(figures.p99Us),
    figures.p99RatioToNginx.toFixed(2),
    figures.cpuMicroseconds.toFixed(2),
  ]);
  return table([head, ...rows]);
}

function verdictLine({ case: name, ratio, ratioMax, passed }: Verdict): string {
  return `${name}: CPU per request ${ratio.toFixed(3)} of nginx, gate ${ratioMax}: ${passed ? 'passed' : 'NOT passed'}\n`;
}

export function writeReport(report: Report, isJson: boolean): string {
  if (isJson) return `${JSON.stringify(report)}\n`;
  const settings = Object.entries(report.settings).map(([name, about]) => [name, about]);
  const width = Math.max(...settings.map(([name]) => name!.length));
  return [
    settings.map(([name, about]) => `${name!.padEnd(width)}  ${about}\n`).join(''),
    report.cases.length === 0 ? '' : `\n${caseTable(report)}`,
    report.latency.length === 0 ? '' : `\n${latencyTable(report)}`,
    report.verdicts.length === 0 ? '' : `\n${report.verdicts.map(verdictLine).join('')}`,
  ].join('');
}
