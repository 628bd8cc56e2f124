// `npm test`: types, format and lint, then every vitest project in turn, then one line that counts what passed, failed
// and could not run. `npm test -- NAME...` runs only the named projects.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = new URL('../', import.meta.url).pathname;
/** What failed once comes first. */
const allProjects = ['corpus', 'tidy', 'unit', 'property', 'golden', 'conformance', 'smoke', 'local'];
const binaries = join(root, 'node_modules', '.bin');

interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

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
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
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
  return { passed: result.numPassedTests, failed, skipped: result.numPendingTests + result.numTodoTests };
}

function main(): number {
  const chosen = process.argv.slice(2);
  const unknown = chosen.filter((name) => !allProjects.includes(name));
  if (unknown.length > 0) {
    console.error(`no such test project: ${unknown.join(', ')}; there are: ${allProjects.join(', ')}`);
    return 64;
  }
  const total: Count = { passed: 0, failed: 0, skipped: 0 };
  if (chosen.length === 0) {
    const checks: readonly (readonly [string, readonly string[]])[] = [
      ['tsc', ['--noEmit']],
      ['biome', ['ci', '--error-on-warnings', '.']],
    ];
    for (const [program, args] of checks) {
      console.log(`== ${program}`);
      if (run(program, args) === 0) total.passed++;
      else total.failed++;
    }
  }
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-test-'));
  for (const name of chosen.length > 0 ? chosen : allProjects) {
    console.log(`== ${name}`);
    const count = runProject(name, folder);
    total.passed += count.passed;
    total.failed += count.failed;
    total.skipped += count.skipped;
  }
  rmSync(folder, { recursive: true });
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  return total.failed === 0 ? 0 : 1;
}

process.exitCode = main();
