// Lanes over time as one SVG: a row for each host, client and pod, fault windows shaded, the violation as a red line. "Who
// knew what when" is the store's row beside those of the configs: a config tells the versions that it has seen.
import type { Trace } from '../format.ts';
import { escapeHtml } from './html.ts';

export const colours: Readonly<Record<string, string>> = {
  operate: '#7a4fbf',
  life: '#c0392b',
  call: '#b0b7bf',
  config: '#1f7a4d',
  swap: '#35b37e',
  request: '#2368c4',
  receipt: '#5fa3e6',
  store: '#d08b1c',
};

const red = '#c0392b';
const rowHeight = 22;
const labelWidth = 210;
const labelCharsMax = 30;
const chartWidth = 1_400;
const axisHeight = 24;
/** Shown of the run after its last planned entry. */
const afterUs = 5_000_000;

interface Mark {
  readonly at: number;
  readonly to: number;
  readonly lane: string;
  readonly kind: string;
  readonly text: string;
}

function marksOf({ story, store }: Trace): readonly Mark[] {
  return [
    ...story.filter(({ kind, text }) => kind !== 'fault' && !(kind === 'call' && text.includes('/leases'))),
    ...store
      .filter(({ resource }) => !/^(leases|events)\b/.test(resource))
      .map(({ at, version, change, resource, namespace, name }) => {
        const text = `version ${version}: ${change} ${resource} ${namespace}/${name}`;
        return { at, to: at, lane: 'store', kind: 'store', text };
      }),
  ];
}

/** Operator and store first, then ours, then clients and pods. */
const laneOrder = ['operator', 'store', 'controller', 'gateway', 'client'] as const;

function lanesOf(marks: readonly Mark[]): readonly string[] {
  const rank = (lane: string): number => {
    const found = laneOrder.findIndex((prefix) => lane.startsWith(prefix));
    return found < 0 ? laneOrder.length : found;
  };
  return [...new Set(marks.map(({ lane }) => lane))].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

/** What is known before anything is drawn. */
interface Frame {
  readonly endUs: number;
  readonly height: number;
  x(us: number): number;
}

function rectangle(frame: Frame, at: number, to: number, y: number, height: number, rest: string): string {
  const width = Math.max(3, frame.x(to) - frame.x(at));
  return `<rect x="${frame.x(at).toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="${height}" ${rest}</rect>`;
}

const titled = (text: string): string => `<title>${escapeHtml(text)}</title>`;

function shades(frame: Frame, { story }: Trace): readonly string[] {
  return story
    .filter(({ kind }) => kind === 'fault')
    .map(({ at, to, text }) =>
      rectangle(frame, at, to, 0, frame.height, `fill="${red}" opacity="0.13">${titled(text)}`),
    );
}

function labels(lanes: readonly string[]): readonly string[] {
  return lanes.map((lane, row) => {
    const label = lane.length > labelCharsMax ? `…${lane.slice(1 - labelCharsMax)}` : lane;
    const y = (row + 1) * rowHeight;
    return (
      `<text x="4" y="${y - 7}">${escapeHtml(label)}${titled(lane)}</text>` +
      `<line x1="${labelWidth}" x2="${labelWidth + chartWidth}" y1="${y}" y2="${y}" stroke="#eee"/>`
    );
  });
}

function axis(frame: Frame): readonly string[] {
  const seconds = Math.floor(frame.endUs / 1_000_000);
  const step = Math.max(1, Math.ceil(seconds / 20));
  return Array.from({ length: Math.floor(seconds / step) + 1 }, (_, index) => {
    const at = index * step;
    return `<text x="${frame.x(at * 1_000_000).toFixed(1)}" y="${frame.height - 6}" class="tick">${at} s</text>`;
  });
}

export function drawChart(trace: Trace): string {
  const marks = marksOf(trace);
  const lanes = lanesOf(marks);
  const { plan, verdict, manifest } = trace;
  const violation = verdict.violations.find(({ property }) => property === manifest.property);
  const lastUs = Math.max(1, ...plan.timeline.map(({ atMs }) => atMs * 1000), violation?.atUs ?? 0);
  const endUs = Math.min(plan.endMs * 1000, lastUs + afterUs);
  const frame: Frame = {
    endUs,
    height: lanes.length * rowHeight + axisHeight,
    x: (us) => labelWidth + (Math.min(us, endUs) / endUs) * chartWidth,
  };
  const boxes = marks
    .filter(({ at }) => at <= endUs)
    .map(({ at, to, lane, kind, text }) => {
      const fill = `fill="${colours[kind] ?? '#888'}">${titled(`${(at / 1_000_000).toFixed(6)} s ${text}`)}`;
      return rectangle(frame, at, to, lanes.indexOf(lane) * rowHeight + 5, rowHeight - 9, fill);
    });
  const moment =
    violation === undefined
      ? ''
      : rectangle(
          frame,
          violation.atUs,
          violation.atUs,
          0,
          frame.height,
          `fill="${red}">${titled(violation.message)}`,
        );
  const parts = [...shades(frame, trace), ...labels(lanes), ...boxes, ...axis(frame), moment];
  return `<svg width="${labelWidth + chartWidth + 40}" height="${frame.height}">${parts.join('')}</svg>`;
}
