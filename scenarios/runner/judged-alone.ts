// What one backend judges of the cases of a scenario and another does not, and whether that may be chance.
import type { BackendName } from './backend.ts';
import type { ScenarioResult, ScenarioRun } from './report.ts';

/** A property that some case of a scenario could have violated on one backend, and in no run on the other. */
export interface JudgedAlone {
  readonly property: string;
  readonly backend: BackendName;
  /** In so many runs of such cases, of how many. */
  readonly met: number;
  readonly runs: number;
  /** No case met it so often that it cannot be chance that none met it on the other backend. */
  readonly mayBeChance: boolean;
}

/**
 * What happens within the same millisecond is chance: a pod may die with a request on its way or without one. Fewer runs than these
 * say nothing of how often.
 */
const runsThatTell = 5;
/** What happens less often than this is not taken for chance. */
const tooRare = 0.001;

export interface Case {
  readonly runs: readonly ScenarioRun[];
  /** Of a second look, where what differed may have been chance after all. */
  readonly again: readonly ScenarioRun[];
  readonly judged: ReadonlySet<string>;
  /** What its backend cannot judge. */
  readonly unseen: ReadonlySet<string>;
}

export function casesOf(
  { runs, file }: ScenarioResult,
  again: readonly ScenarioRun[],
): ReadonlyMap<string, Case> {
  const byLabel = Map.groupBy(runs, ({ label }) => label);
  const cases = [...byLabel].map(([label, own]): readonly [string, Case] => {
    const more = again.filter((run) => run.file === file && run.label === label);
    return [
      label,
      {
        runs: own,
        again: more,
        judged: new Set([...own, ...more].flatMap(({ judged }) => judged)),
        unseen: new Set(own.flatMap(({ unjudged }) => unjudged.map(([property]) => property))),
      },
    ];
  });
  return new Map(cases);
}

const timesMet = (property: string, runs: readonly ScenarioRun[]): number =>
  runs.filter(({ judged }) => judged.includes(property)).length;

/** By how often these runs met it (the rule of succession), whether it is too rare that none of so many others did. */
function tells(property: string, runs: readonly ScenarioRun[], others: number): boolean {
  const share = (timesMet(property, runs) + 1) / (runs.length + 2);
  return runs.length >= runsThatTell && (1 - share) ** others < tooRare;
}

/** It did so at the first look, and after the second it still does. */
const tellsApart = (property: string, { runs, again }: Case, theirs: Case): boolean =>
  tells(property, runs, theirs.runs.length) &&
  tells(property, [...runs, ...again], theirs.runs.length + theirs.again.length);

export interface AloneInCase {
  readonly property: string;
  readonly label: string;
  readonly one: Case;
  readonly mayBeChance: boolean;
}

export function aloneInCases(
  own: ReadonlyMap<string, Case>,
  others: ReadonlyMap<string, Case>,
): readonly AloneInCase[] {
  return [...own].flatMap(([label, one]) => {
    const theirs = others.get(label);
    if (theirs === undefined) return [];
    return [...one.judged]
      .filter((property) => !theirs.judged.has(property) && !theirs.unseen.has(property))
      .map((property) => ({ property, label, one, mayBeChance: !tellsApart(property, one, theirs) }));
  });
}

export function summed(backend: BackendName, alone: readonly AloneInCase[]): readonly JudgedAlone[] {
  return [...Map.groupBy(alone, ({ property }) => property)].map(([property, cases]) => {
    const runs = cases.flatMap(({ one }) => [...one.runs, ...one.again]);
    const mayBeChance = cases.every((each) => each.mayBeChance);
    return { property, backend, met: timesMet(property, runs), runs: runs.length, mayBeChance };
  });
}
