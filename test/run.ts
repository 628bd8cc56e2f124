// `npm test`: types, format and lint, then every vitest project in turn, then one line that counts what passed, failed
// and could not run. `npm test -- NAME...` runs only the named projects.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

const root = new URL('../', import.meta.url).pathname;
/** What failed once comes first. */
const allProjects = ['corpus', 'tidy', 'unit', 'property', 'golden', 'conformance', 'smoke', 'local'];
const usage = `usage: npm test -- [${allProjects.join('|')}]...\n`;
const binaries = join(root, 'node_modules', '.bin');

interface Count {
  passed: number;
  failed: number;
  skipped: number;
  /** Each failure in a few lines, told again at the very end: logs are often cut from the front. */
  readonly failures: string[];
}

const newCount = (): Count => ({ passed: 0, failed: 0, skipped: 0, failures: [] });

function run(program: string, args: readonly string[]): number {
  const result = spawnSync(join(binaries, program), args, { cwd: root, stdio: 'inherit' });
  if (result.error !== undefined) throw result.error;
  return result.status ?? 1;
}

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numFailedTestSuites: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

function failuresOf(report: VitestReport): string[] {
  return report.testResults.flatMap((file) => {
    const path = relative(root, file.name);
    const failed = file.assertionResults.filter((test) => test.status === 'failed');
    // A file that cannot be loaded has a message and no tests.
    if (failed.length === 0) return file.message === '' ? [] : [`${path}: ${shortened(file.message)}`];
    return failed.map(
      (test) => `${path}: ${test.fullName.trim()}\n${shortened(test.failureMessages.join('\n'))}`,
    );
  });
}

/** fast-check's messages hold a counterexample of any length. */
function shortened(message: string): string {
  const lines = stripVTControlCharacters(message).split('\n').slice(0, 25);
  return lines.map((line) => `    ${line.slice(0, 400)}`).join('\n');
}

/** One project at a time: local tests load both cores, and a time-out there must not be another project's noise. */
function runProject(name: string, folder: string): Count {
  const report = join(folder, `${name}.json`);
  const status = run('vitest', [
    'run',
    '--project',
    name,
    '--passWithNoTests',
    '--reporter=dot',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ]);
  if (!existsSync(report)) {
    return {
      ...newCount(),
      failed: 1,
      failures: [`${name}: vitest ended with ${status} and left no report`],
    };
  }
  const result = JSON.parse(readFileSync(report, 'utf8')) as VitestReport;
  for (const file of result.testResults) {
    for (const test of file.assertionResults) {
      if (test.status === 'pending' || test.status === 'skipped')
        console.log(`not run: ${test.fullName.trim()}`);
    }
  }
  // A file that cannot even be loaded has no failed tests of its own; it is still a failure.
  const failed = Math.max(
    result.numFailedTests,
    result.numFailedTestSuites > 0 ? 1 : 0,
    status === 0 ? 0 : 1,
  );
  const skipped = result.numPendingTests + result.numTodoTests;
  const failures = failuresOf(result);
  if (failed > 0 && failures.length === 0) failures.push(`${name}: vitest ended with ${status}`);
  return { passed: result.numPassedTests, failed, skipped, failures };
}

function main(): number {
  const chosen = process.argv.slice(2);
  if (chosen.includes('--help') || chosen.includes('-h')) {
    process.stdout.write(usage);
    return 0;
  }
  const unknown = chosen.filter((name) => !allProjects.includes(name));
  if (unknown.length > 0) {
    process.stderr.write(`there is no test project '${unknown.join("', '")}'\n${usage}`);
    return 64;
  }
  const total = newCount();
  if (chosen.length === 0) {
    const checks: readonly (readonly [string, readonly string[]])[] = [
      ['tsc', ['--noEmit']],
      ['biome', ['ci', '--error-on-warnings', '.']],
    ];
    for (const [program, args] of checks) {
      console.log(`== ${program}`);
      if (run(program, args) === 0) total.passed++;
      else {
        total.failed++;
        total.failures.push(`${program} found something, see its output at the top`);
      }
    }
  }
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-test-'));
  for (const name of chosen.length > 0 ? chosen : allProjects) {
    console.log(`== ${name}`);
    const count = runProject(name, folder);
    total.passed += count.passed;
    total.failed += count.failed;
    total.skipped += count.skipped;
    total.failures.push(...count.failures);
  }
  rmSync(folder, { recursive: true });
  for (const failure of total.failures) console.log(`failed: ${failure}`);
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  return total.failed === 0 ? 0 : 1;
}

process.exitCode = main();
