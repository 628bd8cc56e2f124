// What the proxy bench makes of its rounds, and of its command line.
import { expect, test } from 'vitest';
import { cases } from '../../bench/proxy/cases.ts';
import { readSettings } from '../../bench/proxy/choice.ts';
import { caseFiguresOf } from '../../bench/proxy/figures.ts';
import { verdictOf } from '../../bench/proxy/report.ts';
import type { Course } from '../../bench/proxy/rounds.ts';

function course(contender: string, cpuUs: readonly number[]): Course {
  const rounds = cpuUs.map((us) => ({ cpuUs: us, perSecond: 1000, p50Us: 10, p99Us: 20 }));
  return { contender, rounds, residentMb: 50.04 };
}

const nginx = course('nginx', [10, 20, 40]);

test('ratios are taken round by round: what slowed a whole round down favours nobody', () => {
  const figures = caseFiguresOf('small', [course('tidegate', [11, 24, 40]), nginx]);
  expect(figures).toEqual({
    case: 'small',
    cpuMicroseconds: 24,
    ratioToNginx: 1.1,
    ratioToHaproxy: null,
    requestsPerSecond: 1000,
    p50Us: 10,
    p99Us: 20,
    rssMb: 50,
    spread: { min: 1, max: 1.2 },
  });
  expect(verdictOf(figures, 1.1).passed).toBe(true);
  expect(verdictOf(figures, 1.05).passed).toBe(false);
});

test('beside HAProxy as well where it took part', () => {
  const courses = [course('tidegate', [10, 20, 40]), nginx, course('haproxy', [20, 40, 80])];
  expect(caseFiguresOf('small', courses).ratioToHaproxy).toBe(0.5);
});

test.each([
  ['', ['gate'], [64], [1], 3, true],
  ['--cases small,close', ['small', 'close'], [64], [1], 1, false],
  ['--cases small --connections 1,512 --workers 2 --gate', ['small'], [1, 512], [2], 1, true],
  ['--all', cases.map(({ name }) => name), [1, 64, 512], [1, 2], 1, false],
  ['--latency', [], [64], [1], 1, false],
])("'%s' chooses", (line, names, connections, workers, seconds, judges) => {
  const settings = readSettings(line.split(' ').filter((word) => word !== ''))!;
  expect(settings.cases.map(({ name }) => name)).toEqual(names);
  expect(settings).toMatchObject({ connections, workers, seconds, judges });
});

test.each(['--cases nothing', '--rounds 0', '--connections 1', '--engine --all'])(
  "'%s' is refused",
  (line) => {
    expect(() => readSettings(line.split(' '))).toThrow();
  },
);
