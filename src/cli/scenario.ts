// `tidegate scenario`: suites that a platform engineer runs before trusting a change.
import { existsSync } from 'node:fs';
import type { Command, CommandInput } from './command.ts';
import { CommandError, exitUsage } from './exit-codes.ts';
import { cleanCluster, clusterOptionSpecs } from './k3s/run-on.ts';
import { scenarioCanaries } from './scenario/canaries.ts';
import { explainScenario } from './scenario/explain.ts';
import { scenarioFromBundle } from './scenario/from-bundle.ts';
import { scenarioFromTrace } from './scenario/from-trace.ts';
import { newScenario } from './scenario/new.ts';
import { settingsOf } from './scenario/options.ts';
import { runScenarios } from './scenario/run.ts';
import { validateScenarios } from './scenario/validate.ts';
import { countOption, textOption } from './simulate/options.ts';

function single(names: readonly string[], what: string): string {
  const [name, ...more] = names;
  if (name === undefined || more.length > 0)
    throw new CommandError(exitUsage, `give one ${what}; see 'tidegate scenario --help'`);
  return name;
}

function demandNone(names: readonly string[]): void {
  if (names.length === 0) return;
  throw new CommandError(exitUsage, `'${names[0]}' is one word too many; see 'tidegate scenario --help'`);
}

const actions: Readonly<Record<string, (input: CommandInput, names: readonly string[]) => Promise<number>>> =
  {
    run: runScenarios,
    canaries: scenarioCanaries,
    validate: (input, names) => validateScenarios(names, input.options['json'] === true),
    explain(input, names) {
      const name = single(names, 'scenario, by its file or by words of its name');
      const seed = countOption(input, 'seeds', 0, 0x7fffffff) ?? 1;
      return explainScenario(name, existsSync(name), settingsOf(input), seed);
    },
    new: async (_input, names) => newScenario(single(names, 'name')),
    clean(input, names) {
      demandNone(names);
      return cleanCluster(input);
    },
    'from-bundle': async (input, names) =>
      scenarioFromBundle(single(names, 'bundle'), textOption(input, 'out')),
    'from-trace': (input, names) => scenarioFromTrace(single(names, 'trace'), textOption(input, 'out')),
  };

async function run(input: CommandInput): Promise<number> {
  const [name = '', ...names] = input.positionals;
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (action === undefined)
    throw new CommandError(
      exitUsage,
      `${name === '' ? '' : `'${name}' is not understood: `}give ${Object.keys(actions).join(', ')}; see 'tidegate scenario --help'`,
    );
  return action(input, names);
}

export const command: Command = {
  name: 'scenario',
  summary: 'runs scenario suites before a change is trusted; also checks, explains and begins them',
  usage:
    'run [PATH...] | validate [PATH...] | explain NAME | new NAME | from-trace TRACE | from-bundle FILE | canaries [NAME...] | clean',
  options: {
    on: {
      type: 'string',
      value: 'BACKEND,...',
      default: 'sim',
      help: 'where to run: sim (virtual time), local (real processes on this machine), k3s (a cluster); several are compared',
    },
    repeat: { type: 'string', value: 'N', help: 'runs of each case, with the seeds 1 to N' },
    seeds: { type: 'string', value: 'A..B', help: 'seeds to run each case with; absent: 1' },
    jobs: {
      type: 'string',
      value: 'N',
      help: 'runs side by side; absent: one a core, on local two a core. On sim no result depends on it',
    },
    filter: { type: 'string', value: 'TEXT', help: 'only scenarios with this in their name or path' },
    set: {
      type: 'string',
      multiple: true,
      value: 'NAME=VALUE',
      help: 'a parameter has this value alone',
    },
    list: { type: 'boolean', default: false, help: 'run nothing, show what there is' },
    watch: { type: 'boolean', default: false, help: 'run again after each change of a file, until Ctrl-C' },
    'last-failed': { type: 'boolean', default: false, help: 'only what failed the last time' },
    judged: { type: 'boolean', default: false, help: 'also a table of what was judged how often' },
    'fail-on-unsupported': {
      type: 'boolean',
      default: false,
      help: 'exit 3 where a scenario has a step that the backend cannot do',
    },
    canary: {
      type: 'string',
      value: 'NAME',
      help: 'with this defect put into the product (only in a clone)',
    },
    ...clusterOptionSpecs,
    json: { type: 'boolean', default: false, help: 'print one JSON object' },
    junit: { type: 'string', value: 'FILE', help: 'also write JUnit XML there' },
    html: {
      type: 'string',
      value: 'FILE',
      help: 'also write one page there: a table, and each failure with its story',
    },
    out: { type: 'string', value: 'FILE', help: 'from-trace, from-bundle: where to write' },
  },
  examples: [
    [
      'tidegate scenario run scenarios/ --on sim',
      'exit 0: all promises kept; 1: one broken; 2: inconclusive; 3: the backend is not there; 65: a file is wrong',
    ],
    ['tidegate scenario run --filter rolling --repeat 20', 'the same with twenty seeds each'],
    [
      'tidegate scenario run scenarios/ --on sim,local --repeat 5',
      'in virtual time and with real processes; exit 1 where a verdict differs',
    ],
    [
      'tidegate scenario canaries --on local',
      'whether scenarios fail with defects in the product (in a clone)',
    ],
    ['tidegate scenario explain "rolling update"', 'what will happen when'],
    ['tidegate scenario new my-rollout', 'a template that runs as it is'],
  ],
  run,
};
