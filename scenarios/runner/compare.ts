// The same scenarios on two backends: what differs in verdict, or in what was judged.
import type { BackendName } from './backend.ts';
import type { ScenarioResult, Verdict } from './report.ts';

export interface Difference {
  readonly file: string;
  readonly name: string;
  readonly verdicts: readonly [Verdict, Verdict];
  /** Properties that could have been violated in some run on the one and in none on the other. */
  readonly onlyFirst: readonly string[];
  readonly onlySecond: readonly string[];
}

export interface Comparison {
  readonly backends: readonly [BackendName, BackendName];
  /** Scenarios that both could run. */
  readonly compared: number;
  /** Scenarios that one of them could not run; they are not portable, which is no difference. */
  readonly unsupported: number;
  /** Scenarios that one of them left undecided, which says nothing of whether they would go differently. */
  readonly undecided: number;
  readonly verdictDifferences: number;
  readonly judgedDifferences: number;
  readonly differences: readonly Difference[];
}

const judgedIn = ({ runs }: ScenarioResult): ReadonlySet<string> =>
  new Set(runs.flatMap(({ judged }) => judged));

const without = (set: ReadonlySet<string>, other: ReadonlySet<string>): readonly string[] =>
  [...set].filter((id) => !other.has(id)).sort();

function differenceOf(first: ScenarioResult, second: ScenarioResult): Difference {
  const { file, name, verdict } = first;
  const [judgedFirst, judgedSecond] = [judgedIn(first), judgedIn(second)];
  return {
    file,
    name,
    verdicts: [verdict, second.verdict],
    onlyFirst: without(judgedFirst, judgedSecond),
    onlySecond: without(judgedSecond, judgedFirst),
  };
}

const isUndecided = ({ verdicts }: Difference): boolean => verdicts.includes('inconclusive');
const differsInVerdict = (one: Difference): boolean =>
  !isUndecided(one) && one.verdicts[0] !== one.verdicts[1];
const differsInJudged = ({ onlyFirst, onlySecond }: Difference): boolean =>
  onlyFirst.length > 0 || onlySecond.length > 0;

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
  const all = portable.map(([one, other]) => differenceOf(one, other));
  return {
    backends,
    compared: portable.length,
    unsupported: pairs.length - portable.length,
    undecided: all.filter(isUndecided).length,
    verdictDifferences: all.filter(differsInVerdict).length,
    judgedDifferences: all.filter(differsInJudged).length,
    differences: all.filter((one) => isUndecided(one) || differsInVerdict(one) || differsInJudged(one)),
  };
}
