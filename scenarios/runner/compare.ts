// The same scenarios on two backends: what differs in verdict, or in what was judged.
import type { BackendName } from './backend.ts';
import type { ScenarioResult, ScenarioRun, Verdict } from './report.ts';

/** A property that some case of a scenario could have violated on one backend, and in no run on the other. */
export interface JudgedAlone {
  readonly property: string;
  readonly backend: BackendName;
  /** In so many runs of such cases, of how many. */
  readonly met: number;
  readonly runs: number;
  /** No case met it in each of enough runs, so it may be chance that none met it on the other backend. */
  readonly mayBeChance: boolean;
}

export interface Difference {
  readonly file: string;
  readonly name: string;
  readonly verdicts: readonly [Verdict, Verdict];
  readonly alone: readonly JudgedAlone[];
}

/** A property that a backend cannot judge in any scenario, as it does not take down these parts of the evidence. */
export interface Unseen {
  readonly property: string;
  readonly backend: BackendName;
  readonly parts: string;
}

export interface Comparison {
  readonly backends: readonly [BackendName, BackendName];
  readonly unseen: readonly Unseen[];
  /** Scenarios that both could run. */
  readonly compared: number;
  /** Scenarios that one of them could not run; they are not portable, which is no difference. */
  readonly unsupported: number;
  /** Scenarios that one of them left undecided, which says nothing of whether they would go differently. */
  readonly undecided: number;
  readonly verdictDifferences: number;
  /** Scenarios of which one backend judges what the other does not, and not by chance. */
  readonly judgedDifferences: number;
  readonly differences: readonly Difference[];
}

/**
 * What happens within the same millisecond is chance: a pod may die with a request on its way or without one. A coin
 * falls on the same side in five runs here, and on the other in five there, once in a thousand times.
 */
const runsThatTell = 5;

interface Case {
  readonly runs: readonly ScenarioRun[];
  readonly judged: ReadonlySet<string>;
  /** What its backend cannot judge. */
  readonly unseen: ReadonlySet<string>;
}

function casesOf({ runs }: ScenarioResult): ReadonlyMap<string, Case> {
  const byLabel = Map.groupBy(runs, ({ label }) => label);
  const cases = [...byLabel].map(([label, own]): readonly [string, Case] => [
    label,
    {
      runs: own,
      judged: new Set(own.flatMap(({ judged }) => judged)),
      unseen: new Set(own.flatMap(({ unjudged }) => unjudged.map(([property]) => property))),
    },
  ]);
  return new Map(cases);
}

const timesMet = (property: string, runs: readonly ScenarioRun[]): number =>
  runs.filter(({ judged }) => judged.includes(property)).length;

function aloneOn(backend: BackendName, own: ScenarioResult, other: ScenarioResult): readonly JudgedAlone[] {
  const others = casesOf(other);
  const lacking: Map<string, Case[]> = new Map();
  for (const [label, one] of casesOf(own)) {
    const theirs = others.get(label);
    if (theirs === undefined) continue;
    for (const property of one.judged)
      if (!theirs.judged.has(property) && !theirs.unseen.has(property))
        lacking.set(property, [...(lacking.get(property) ?? []), one]);
  }
  const tells = ({ runs }: Case, property: string): boolean =>
    runs.length >= runsThatTell && timesMet(property, runs) === runs.length;
  return [...lacking].map(([property, cases]) => {
    const runs = cases.flatMap((one) => one.runs);
    const mayBeChance = !cases.some((one) => tells(one, property));
    return { property, backend, met: timesMet(property, runs), runs: runs.length, mayBeChance };
  });
}

type Named = { readonly property: string };

const byProperty = (a: Named, b: Named): number => (a.property < b.property ? -1 : 1);

function differenceOf(
  backends: readonly [BackendName, BackendName],
  first: ScenarioResult,
  second: ScenarioResult,
): Difference {
  const alone = [...aloneOn(backends[0], first, second), ...aloneOn(backends[1], second, first)];
  const { file, name, verdict } = first;
  return { file, name, verdicts: [verdict, second.verdict], alone: alone.sort(byProperty) };
}

const isUndecided = ({ verdicts }: Difference): boolean => verdicts.includes('inconclusive');
const differsInVerdict = (one: Difference): boolean =>
  !isUndecided(one) && one.verdicts[0] !== one.verdicts[1];
const differsInJudged = ({ alone }: Difference): boolean => alone.some(({ mayBeChance }) => !mayBeChance);

function unseenIn(backend: BackendName, results: readonly ScenarioResult[]): readonly Unseen[] {
  const all = new Map(results.flatMap(({ runs }) => runs.flatMap(({ unjudged }) => unjudged)));
  return [...all].map(([property, parts]) => ({ property, backend, parts })).sort(byProperty);
}

/** Both lists may lack scenarios of the other, where a run was interrupted. */
export function compareResults(
  backends: readonly [BackendName, BackendName],
  first: readonly ScenarioResult[],
  second: readonly ScenarioResult[],
): Comparison {
  const pairs = first.flatMap((one) => {
    const other = second.find(({ file, name }) => file === one.file && name === one.name);
    return other === undefined ? [] : [[one, other] as const];
  });
  const isPortable = ([one, other]: (typeof pairs)[number]): boolean =>
    one.verdict !== 'unsupported' && other.verdict !== 'unsupported';
  const portable = pairs.filter(isPortable);
  const all = portable.map(([one, other]) => differenceOf(backends, one, other));
  return {
    backends,
    unseen: [...unseenIn(backends[0], first), ...unseenIn(backends[1], second)],
    compared: portable.length,
    unsupported: pairs.length - portable.length,
    undecided: all.filter(isUndecided).length,
    verdictDifferences: all.filter(differsInVerdict).length,
    judgedDifferences: all.filter(differsInJudged).length,
    differences: all.filter((one) => isUndecided(one) || differsInVerdict(one) || one.alone.length > 0),
  };
}
