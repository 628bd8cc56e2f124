// Results as JUnit XML, as CI servers read it: a test suite for each file, a test case for each case and seed.
import type { ScenarioResult, ScenarioRun } from '../../../scenarios/runner/report.ts';
import { escaped } from './escape.ts';
import { rerunLine, type ScenarioFailure } from './failures.ts';

function bodyOf(run: ScenarioRun, result: ScenarioResult, failures: readonly ScenarioFailure[]): string {
  if (run.verdict === 'violated') {
    const [first] = run.violations;
    const known = failures.find(
      ({ backend, file, label, seed }) =>
        backend === run.backend && file === run.file && label === run.label && seed === run.seed,
    );
    const text = run.violations.map(({ property, message }) => `${property}: ${message}`).join('\n');
    const told =
      known === undefined
        ? [rerunLine(run, null)]
        : [
            ...known.story,
            ...(known.cause === '' ? [] : [`cause   ${known.cause}`]),
            `rerun   ${known.rerun}`,
            `replay  ${known.replay}`,
          ];
    return (
      `<failure type="${escaped(first?.property ?? '')}" message="${escaped(first?.message ?? '')}">${escaped(text)}</failure>` +
      `<system-out>${escaped(told.join('\n'))}</system-out>`
    );
  }
  const why = run.verdict === 'ok' ? result.why : run.why;
  return run.verdict === 'ok' && result.verdict === 'ok'
    ? ''
    : `<skipped message="${escaped(`${run.verdict === 'ok' ? result.verdict : run.verdict}: ${why}`)}"/>`;
}

export function toJunit(results: readonly ScenarioResult[], failures: readonly ScenarioFailure[]): string {
  const suites = results.map((result) => {
    const { file, runs } = result;
    const [first] = runs;
    // The same scenario on another backend is another suite.
    const where = first === undefined || first.backend === 'sim' ? '' : ` on ${first.backend}`;
    const name = `${result.name}${where}`;
    const failed = runs.filter(({ verdict }) => verdict === 'violated').length;
    const cases = runs.map((run) => {
      const title = [result.name, run.label, `seed ${run.seed}`].filter((part) => part !== '').join(' ');
      // Virtual time: how long it would have taken.
      const seconds = (run.simulatedMs / 1000).toFixed(3);
      return `<testcase classname="${escaped(`${file}${where}`)}" name="${escaped(title)}" time="${seconds}">${bodyOf(run, result, failures)}</testcase>`;
    });
    return `<testsuite name="${escaped(name)}" tests="${runs.length}" failures="${failed}" skipped="${cases.filter((text) => text.includes('<skipped ')).length}">${cases.join('')}</testsuite>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="tidegate">${suites.join('\n')}</testsuites>\n`;
}
