// From the rounds of one case to what is printed about it.
import { median } from '../figures.ts';
import type { Course, Round } from './rounds.ts';

export interface Spread {
  readonly min: number;
  readonly max: number;
}

/** Ours, in the words of the report. */
export interface CaseFigures {
  readonly case: string;
  readonly cpuMicroseconds: number;
  readonly ratioToNginx: number;
  /** null: HAProxy is not installed. */
  readonly ratioToHaproxy: number | null;
  readonly requestsPerSecond: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly rssMb: number;
  /** Of the ratio to nginx. */
  readonly spread: Spread;
}

/** Another contender in the same rounds. */
export interface PeerFigures {
  readonly case: string;
  readonly contender: string;
  readonly cpuMicroseconds: number;
  readonly ratioToNginx: number;
  readonly requestsPerSecond: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly rssMb: number;
  readonly spread: Spread;
}

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

function ratios(course: Course, other: Course): readonly number[] {
  return course.rounds.map((round, i) => round.cpuUs / other.rounds[i]!.cpuUs);
}

export function figuresOf(name: string, course: Course, nginx: Course): PeerFigures {
  const middle = (of: (round: Round) => number): number => median(course.rounds.map(of));
  const cpu = middle((round) => round.cpuUs);
  const toNginx = ratios(course, nginx);
  return {
    case: name,
    contender: course.contender,
    cpuMicroseconds: rounded(cpu, 2),
    ratioToNginx: rounded(median(toNginx), 3),
    requestsPerSecond: Math.round(middle((round) => round.perSecond)),
    p50Us: Math.round(middle((round) => round.p50Us)),
    p99Us: Math.round(middle((round) => round.p99Us)),
    rssMb: rounded(course.residentMb, 1),
    spread: { min: rounded(Math.min(...toNginx), 3), max: rounded(Math.max(...toNginx), 3) },
  };
}

export function caseFiguresOf(name: string, courses: readonly Course[]): CaseFigures {
  const courseOf = (contender: string) => courses.find((course) => course.contender === contender);
  const ours = courseOf('tidegate')!;
  const haproxy = courseOf('haproxy');
  const figures = figuresOf(name, ours, courseOf('nginx')!);
  return {
    case: name,
    cpuMicroseconds: figures.cpuMicroseconds,
    ratioToNginx: figures.ratioToNginx,
    ratioToHaproxy: haproxy === undefined ? null : rounded(median(ratios(ours, haproxy)), 3),
    requestsPerSecond: figures.requestsPerSecond,
    p50Us: figures.p50Us,
    p99Us: figures.p99Us,
    rssMb: figures.rssMb,
    spread: figures.spread,
  };
}
