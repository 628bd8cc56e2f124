// The same scenarios on two backends: what differs in verdict, or in what was judged.
import type { BackendName } from './backend.ts';
import { aloneInCases, type Case, casesOf, type JudgedAlone, summed } from './judged-alone.ts';
import type { ScenarioResult, ScenarioRun, Verdict } from './report.ts';

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

type Named = { readonly property: string };

const byProperty = (a: Named, b: Named): number => (a.property < b.property ? -1 : 1);

type Backends = readonly [BackendName, BackendName];
type Pair = readonly [ScenarioResult, ScenarioResult];

function casesOfPair(
  backends: Backends,
  [first, second]: Pair,
  again: readonly ScenarioRun[],
): readonly [ReadonlyMap<string, Case>, ReadonlyMap<string, Case>] {
  const of = (backend: BackendName) => again.filter((run) => run.backend === backend);
  return [casesOf(first, of(backends[0])), casesOf(second, of(backends[1]))];
}

function differenceOf(backends: Backends, pair: Pair, again: readonly ScenarioRun[]): Difference {
  const [ours, theirs] = casesOfPair(backends, pair, again);
  const alone = [
    ...summed(backends[0], aloneInCases(ours, theirs)),
    ...summed(backends[1], aloneInCases(theirs, ours)),
  ];
  const [{ file, name, verdict }, second] = pair;
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
const pairsOf = (first: readonly ScenarioResult[], second: readonly ScenarioResult[]): readonly Pair[] =>
  first.flatMap((one) => {
    const other = second.find(({ file, name }) => file === one.file && name === one.name);
    return other === undefined ? [] : [[one, other] as const];
  });

const isPortable = ([one, other]: Pair): boolean =>
  one.verdict !== 'unsupported' && other.verdict !== 'unsupported';

export interface NamedCase {
  readonly file: string;
  readonly label: string;
}

/** Cases of which one backend judges what the other does not: more runs of them tell whether that was chance. */
export function casesInDoubt(
  backends: Backends,
  first: readonly ScenarioResult[],
  second: readonly ScenarioResult[],
): readonly NamedCase[] {
  return pairsOf(first, second)
    .filter(isPortable)
    .flatMap((pair) => {
      const [ours, theirs] = casesOfPair(backends, pair, []);
      const alone = [...aloneInCases(ours, theirs), ...aloneInCases(theirs, ours)];
      const labels = new Set(alone.filter(({ mayBeChance }) => !mayBeChance).map(({ label }) => label));
      return [...labels].map((label) => ({ file: pair[0].file, label }));
    });
}

/** `again`: further runs of cases that were in doubt. */
export function compareResults(
  backends: Backends,
  first: readonly ScenarioResult[],
  second: readonly ScenarioResult[],
  again: readonly ScenarioRun[] = [],
): Comparison {
  const pairs = pairsOf(first, second);
  const portable = pairs.filter(isPortable);
  const all = portable.map((pair) => differenceOf(backends, pair, again));
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
