// A scenario file, read: the cases that its parameters make of it, each a checked value.
import { isMap, type Node } from 'yaml';
import type { CountPromise } from '../../sim/evidence/promises.ts';
import { hint } from './nearest.ts';
import { isCount, type LatencyPromise, parsePromise, parseSometimes, type Sometimes } from './promises.ts';
import { type Complaint, openFile, type ParameterValue, type Placed, type Reading } from './reading.ts';
import { parametersShape, type ScenarioSpec, scenarioShape } from './scenario-shape.ts';
import { keyOf } from './shape.ts';

/** One combination of the parameters. */
export interface ScenarioCase {
  /** 'pods=resets bad=regex'; '' where there are none with several values, and none is set. */
  readonly label: string;
  readonly values: ReadonlyMap<string, ParameterValue>;
  readonly spec: ScenarioSpec;
  readonly promises: readonly CountPromise[];
  readonly latencies: readonly LatencyPromise[];
  readonly sometimes: readonly Sometimes[];
  /** For complaints that only the compiler has. */
  complain(at: number, message: string): void;
}

export interface ParsedScenario {
  /** As it was given. */
  readonly file: string;
  readonly name: string;
  readonly promise: string;
  readonly cases: readonly ScenarioCase[];
  /** Names of its parameters. */
  readonly parameters: readonly string[];
  /** In the order in which they were found; the compiler adds its own. */
  readonly complaints: Complaint[];
}

const casesMax = 100;

interface Parameter {
  readonly name: string;
  readonly values: readonly ParameterValue[];
  readonly isShown: boolean;
}

function parametersOf(root: Node | null, reading: Reading): readonly Parameter[] {
  if (!isMap(root)) return [];
  const pair = root.items.find((item) => keyOf(item) === 'parameters');
  if (pair === undefined) return [];
  const read = parametersShape.read(pair.value as Node | null, reading) ?? [];
  return read.map(({ key, value }) => ({ name: key.value, values: value, isShown: value.length > 1 }));
}

/** 'a=1' of the command line; the type that YAML would give it. */
function readValue(text: string): ParameterValue {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^\d{1,9}$/.test(text) ? Number(text) : text;
}

function withSettings(
  parameters: readonly Parameter[],
  settings: ReadonlyMap<string, string>,
): readonly Parameter[] {
  return parameters.map((parameter) => {
    const set = settings.get(parameter.name);
    return set === undefined ? parameter : { ...parameter, values: [readValue(set)], isShown: true };
  });
}

function combinations(parameters: readonly Parameter[]): readonly (readonly ParameterValue[])[] {
  return parameters.reduce<readonly (readonly ParameterValue[])[]>(
    (made, { values }) => made.flatMap((before) => values.map((value) => [...before, value])),
    [[]],
  );
}

function sentencesOf<T extends object>(
  sentences: readonly Placed<string>[],
  parse: (text: string) => T | string,
  complain: (at: number, message: string) => void,
): readonly T[] {
  return sentences.flatMap(({ value, at }) => {
    const parsed = parse(value);
    if (typeof parsed !== 'string') return [parsed];
    complain(at, parsed);
    return [];
  });
}

/** `settings`: parameters that are set from outside, by name. Those that the file has not are complaints. */
export function parseScenario(
  file: string,
  text: string,
  settings: ReadonlyMap<string, string> = new Map(),
): ParsedScenario {
  const complaints: Complaint[] = [];
  const open = openFile(file, text, complaints);
  const failed: ParsedScenario = { file, name: '', promise: '', cases: [], parameters: [], complaints };
  if (open.root === null && complaints.length > 0) return failed;
  const parameters = parametersOf(open.root, open.reading(new Map()));
  if (complaints.length > 0) return failed;
  const names = parameters.map(({ name }) => name);
  for (const name of settings.keys())
    if (!names.includes(name))
      open.reading(new Map()).complain(0, `there is no parameter '${name}' to set${hint(name, names)}`);
  const set = withSettings(parameters, settings);
  const all = combinations(set);
  if (all.length > casesMax)
    open
      .reading(new Map())
      .complain(0, `the parameters make ${all.length} cases; at most ${casesMax} are run`);
  const cases: ScenarioCase[] = [];
  for (const combination of complaints.length > 0 ? [] : all) {
    const values = new Map(set.map(({ name }, index) => [name, combination[index]!]));
    const reading = open.reading(values);
    const spec = scenarioShape.read(open.root, reading);
    if (spec === undefined) break;
    if ((spec.world === undefined) === (spec.plan === undefined))
      reading.complain(0, "a scenario has either 'world' with 'steps', or 'plan'");
    const groups = spec.clients.map(({ key }) => key.value);
    const { complain } = reading;
    const promises = sentencesOf(spec.expect.always, (one) => parsePromise(one, groups), complain);
    const sometimes = sentencesOf(spec.expect.sometimes, (one) => parseSometimes(one, groups), complain);
    const shown = set.flatMap(({ name, isShown }, index) =>
      isShown ? [`${name}=${combination[index]}`] : [],
    );
    cases.push({
      label: shown.join(' '),
      values,
      spec,
      promises: promises.filter(isCount),
      latencies: promises.filter((promise): promise is LatencyPromise => !isCount(promise)),
      sometimes,
      complain,
    });
    if (complaints.length > 0) break;
  }
  const [first] = cases;
  return {
    file,
    name: first?.spec.scenario ?? '',
    promise: first?.spec.promise ?? '',
    cases,
    parameters: names,
    complaints,
  };
}
