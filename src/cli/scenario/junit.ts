// Results as JUnit XML, as CI servers read it: a test suite for each file, a test case for each case and seed.
import type { ScenarioResult, ScenarioRun } from '../../../scenarios/runner/report.ts';
import type { ScenarioFailure } from './failures.ts';
import { rerunLine } from './failures.ts';

const escaped = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    // XML has no other control characters, not even escaped ones.
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, ' ');

function bodyOf(run: ScenarioRun, result: ScenarioResult, failures: readonly ScenarioFailure[]): string {
  if (run.verdict === 'violated') {
    const [first] = run.violations;
    const known = failures.find(
      ({ file, label, seed }) => file === run.file && label === run.label && seed === run.seed,
    );
    const text = run.violations.map(({ property, message }) => `${property}: ${message}`).join('\n');
    const replay = known === undefined ? '' : `\n${known.replay}`;
    return (
      `<failure type="${escaped(first?.property ?? '')}" message="${escaped(first?.message ?? '')}">${escaped(text)}</failure>` +
      `<system-out>${escaped(`${rerunLine(run, null)}${replay}`)}</system-out>`
    );
  }
  const why = run.verdict === 'ok' ? result.why : run.why;
  return run.verdict === 'ok' && result.verdict === 'ok'
    ? ''
    : `<skipped message="${escaped(`${run.verdict === 'ok' ? result.verdict : run.verdict}: ${why}`)}"/>`;
}

export function toJunit(results: readonly ScenarioResult[], failures: readonly ScenarioFailure[]): string {
  const suites = results.map((result) => {
    const { file, name, runs } = result;
    const failed = runs.filter(({ verdict }) => verdict === 'violated').length;
    const cases = runs.map((run) => {
      const title = [name, run.label, `seed ${run.seed}`].filter((part) => part !== '').join(' ');
      // Virtual time: how long it would have taken.
      const seconds = (run.simulatedMs / 1000).toFixed(3);
      return `<testcase classname="${escaped(file)}" name="${escaped(title)}" time="${seconds}">${bodyOf(run, result, failures)}</testcase>`;
    });
    return `<testsuite name="${escaped(name)}" tests="${runs.length}" failures="${failed}">${cases.join('')}</testsuite>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="tidegate">${suites.join('\n')}</testsuites>\n`;
}
