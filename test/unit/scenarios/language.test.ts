// What a scenario file may say: mistakes with their places and the nearest word, parameters, units, promises.
import { describe, expect, test } from 'vitest';
import { nearest } from '../../../scenarios/language/nearest.ts';
import { parseScenario } from '../../../scenarios/language/parse.ts';
import { parsePromise, parseSometimes } from '../../../scenarios/language/promises.ts';
import { formatComplaint } from '../../../scenarios/language/reading.ts';
import { parseDuration, parseSize } from '../../../scenarios/language/units.ts';

const head = 'scenario: a\npromise: b\nworld: { use: [shop] }\n';

function complaintsOf(text: string, settings: Readonly<Record<string, string>> = {}): readonly string[] {
  const { complaints } = parseScenario('a.yaml', text, new Map(Object.entries(settings)));
  return complaints.map(formatComplaint);
}

describe('mistakes are told with their place', () => {
  const cases: readonly (readonly [text: string, complaint: string])[] = [
    [
      `${head}steps:\n  - rolout: { deployment/shop: v2 }\n`,
      "a.yaml:5:5: 'rolout' is not known here; did you mean 'rollout'?",
    ],
    [`${head}setps: []\n`, "a.yaml:4:1: 'setps' is not known here; did you mean 'steps'?"],
    [
      `${head}steps:\n  - expect: { request: GET http://a.example/, withing: 2s }\n`,
      "a.yaml:5:47: 'withing' is not known here; did you mean 'within'?",
    ],
    [
      `${head}steps:\n  - fault: { lose-nod: node-1 }\n`,
      "a.yaml:5:14: there is no fault 'lose-nod'; did you mean 'lose-node'?",
    ],
    [
      `${head}steps:\n  - fault: { C01: any }\n`,
      "a.yaml:5:14: 'C01' is the id of several faults: crash-controller, controller-error",
    ],
    [
      `${head}steps:\n  - wait: 2 seconds\n`,
      "a.yaml:5:11: '2 seconds' is not a duration such as 500ms, 2s or 1m",
    ],
    [
      `${head}steps:\n  - scale: { deploymnt/shop: 3 }\n`,
      "a.yaml:5:14: there is no kind 'deploymnt'; did you mean 'deployment'?",
    ],
    [
      `${head}steps:\n  - wait: 1s\n    heal: all\n`,
      'a.yaml:6:5: a step has exactly one of set, scale, rollout, apply, delete, patch, wait, fault, heal, restart, start, stop, expect, repeat',
    ],
    [
      `${head}clients:\n  readers: { send: FETCH http://a.example/, rate: 2/s }\n`,
      "a.yaml:5:20: 'FETCH http://a.example/' is not a request such as GET http://shop.example/cart",
    ],
    [
      `${head}steps:\n  - wait: $pause\n`,
      "a.yaml:5:11: there is no parameter 'pause'; the scenario has no parameters",
    ],
    [
      `${head}parameters: { pause: 2s }\nsteps:\n  - wait: $pauses\n`,
      "a.yaml:6:11: there is no parameter 'pauses'; did you mean 'pause'?",
    ],
    [
      `${head}expect:\n  always: [failed_request == 0]\n`,
      "a.yaml:5:12: there is no figure 'failed_request'; did you mean 'failed_requests'?",
    ],
    [
      `${head}expect:\n  sometimes: [request in flight at SIGKILL]\n`,
      "a.yaml:5:15: there is no condition 'request in flight at SIGKILL'; did you mean 'request in flight at SIGTERM'?",
    ],
    ['scenario: a\npromise: b\n', "a.yaml:1:1: a scenario has either 'world' with 'steps', or 'plan'"],
    [
      'scenario: a\nworld: {}\nsteps: []\n',
      "a.yaml:1:1: 'promise' is missing: what a user may rely on, in one sentence",
    ],
    [
      'a: [1\n',
      'a.yaml:2:1: Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
    ['', 'a.yaml:1:1: this should be a scenario'],
  ];
  test.each(cases)('%j', (text, complaint) => {
    expect(complaintsOf(text)[0]).toBe(complaint);
  });

  test('all of a file at once', () => {
    const text = `${head}steps:\n  - wait: never\n  - scale: { deployment/shop: many }\n`;
    expect(complaintsOf(text)).toEqual([
      "a.yaml:5:11: 'never' is not a duration such as 500ms, 2s or 1m",
      "a.yaml:6:31: 'many' is not a whole number from 0 to 2000",
    ]);
  });
});

describe('parameters', () => {
  const text = `${head}parameters:\n  pods: { each: [resets, closes-idle] }\n  count: { each: [1, 2] }\nsteps:\n  - set: { deployment/shop: { replicas: $count, pods: $pods } }\n  - apply: bad/$pods.yaml\n`;

  test('a case for each combination, with values of the right type', () => {
    const { cases, complaints } = parseScenario('a.yaml', text);
    expect(complaints).toEqual([]);
    expect(cases.map(({ label }) => label)).toEqual([
      'pods=resets count=1',
      'pods=resets count=2',
      'pods=closes-idle count=1',
      'pods=closes-idle count=2',
    ]);
    const [set, apply] = cases[3]!.spec.steps;
    expect(set).toMatchObject({ value: [{ value: { replicas: 2, pods: 'closes-idle' } }] });
    expect(apply).toMatchObject({ value: [{ value: 'bad/closes-idle.yaml' }] });
  });

  test('one that is set leaves no other', () => {
    const { cases } = parseScenario(
      'a.yaml',
      text,
      new Map([
        ['count', '7'],
        ['pods', 'ignores-term'],
      ]),
    );
    expect(cases.map(({ label }) => label)).toEqual(['pods=ignores-term count=7']);
  });

  test('one that is not there cannot be set', () => {
    expect(complaintsOf(text, { pod: 'resets' })).toEqual([
      "a.yaml:1:1: there is no parameter 'pod' to set; did you mean 'pods'?",
    ]);
  });

  test('a doubled dollar is a dollar', () => {
    const { cases } = parseScenario('a.yaml', 'scenario: costs 5$$\npromise: b\nworld: {}\n');
    expect(cases[0]!.spec.scenario).toBe('costs 5$');
  });
});

describe('units', () => {
  test.each([
    ['500ms', 500],
    ['2s', 2_000],
    ['1.5s', 1_500],
    ['1m', 60_000],
    [0, 0],
    ['2', null],
    ['-1s', null],
    [5, null],
  ] as const)('%s is %s ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.each([
    ['10KB', 10_000],
    ['2KiB', 2_048],
    [17, 17],
    ['10 KB', null],
    [-1, null],
  ] as const)('%s is %s bytes', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });
});

describe('promises', () => {
  test('a figure over some clients', () => {
    expect(parsePromise('failed_requests(buyers) <= 3', ['buyers', 'readers'])).toEqual({
      text: 'failed_requests(buyers) <= 3',
      measure: 'failed_requests',
      status: 0,
      groups: ['buyers'],
      comparison: '<=',
      value: 3,
    });
  });

  test('a status and all clients', () => {
    expect(parsePromise('answers(503) == 0', ['buyers'])).toMatchObject({ status: 503, groups: ['buyers'] });
  });

  test('latencies', () => {
    expect(parsePromise('p99(buyers) < 300ms', ['buyers'])).toMatchObject({
      latency: { percent: 99, belowMs: 300 },
    });
  });

  test.each([
    ['answers == 0', 'answers takes a status, such as answers(503) == 0'],
    ['failed_requests(sellers) == 0', "there are no clients 'sellers'; there are: buyers"],
    ['p99 > 3s', 'p99 is compared as in p99 < 300ms'],
    ['failed_requests == none', "'none' is not a whole number"],
  ])('%s', (text, sentence) => {
    expect(parsePromise(text, ['buyers'])).toBe(sentence);
  });

  test('conditions are names or figures', () => {
    expect(parseSometimes('a worker crashed', [])).toEqual({ text: 'a worker crashed', count: null });
    expect(parseSometimes('requests > 5', ['buyers'])).toMatchObject({ count: { measure: 'requests' } });
  });
});

test('the nearest word, where one is near enough', () => {
  const words = ['rollout', 'restart', 'wait', 'delay-watch'];
  expect(nearest('rolout', words)).toBe('rollout');
  expect(nearest('restrat', words)).toBe('restart');
  expect(nearest('delay', words)).toBe('delay-watch');
  expect(nearest('apply', words)).toBeNull();
});
