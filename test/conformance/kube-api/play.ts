// Plays the script on a cluster: asks, judges each answer by what is known, and writes the log that clusters are compared by.
import fc from 'fast-check';
import { canonicalJson, compareStrings } from '../../../src/base/order.ts';
import type { Cluster, WatchLine } from './cluster.ts';
import { definition, group, kinds, namespace, suiteLabel } from './kinds.ts';
import { createModel, type Expected, eventsSince, type WritableModel } from './model.ts';
import { createNormalizer, type Normalizer } from './normal.ts';
import type { Answer, Draw, Operation } from './operation.ts';
import { type Runner, type ScriptStep, scriptCommands } from './script.ts';

export interface Played {
  readonly log: readonly string[];
  /** Answers that the rules do not allow. */
  readonly problems: readonly string[];
}

const widgetDefinitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const namespaces = '/api/v1/namespaces';

/** Asks again until it is so; each question is answered by the server, so nothing here waits by the clock for long. */
async function until(cluster: Cluster, path: string, isSo: (answer: Answer) => boolean): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (isSo(await cluster.ask({ method: 'GET', path }))) return;
    // A watch that shows nothing is the server's own way to wait.
    await cluster.watch(`${namespaces}?watch=true&timeoutSeconds=1&fieldSelector=metadata.name=none`, 0);
  }
  throw new Error(`${path} did not become what it should`);
}

export async function prepare(cluster: Cluster): Promise<void> {
  const taken = await cluster.ask({ method: 'GET', path: `${namespaces}/${namespace}` });
  if (taken.status !== 404)
    throw new Error(`namespace ${namespace} exists already; the script uses a fresh one`);
  await cluster.ask({
    method: 'POST',
    path: namespaces,
    body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
  });
  await cluster.ask({ method: 'POST', path: widgetDefinitions, body: definition });
  await until(cluster, kinds.widgets.path, ({ status }) => status === 200);
}

/** Takes away what `prepare` made, and waits for it to be gone. */
export async function cleanUp(cluster: Cluster): Promise<void> {
  for (const { path } of Object.values(kinds)) {
    const { body } = await cluster.ask({ method: 'GET', path: `${path}?labelSelector=${suiteLabel}` });
    for (const item of (body?.['items'] ?? []) as readonly { readonly metadata: { readonly name: string } }[])
      await cluster.ask({
        method: 'PATCH',
        path: `${path}/${item.metadata.name}`,
        type: 'application/merge-patch+json',
        body: { metadata: { finalizers: null } },
      });
  }
  await cluster.ask({ method: 'DELETE', path: `${widgetDefinitions}/widgets.${group}` });
  await cluster.ask({ method: 'DELETE', path: `${namespaces}/${namespace}` });
  await until(cluster, `${namespaces}/${namespace}`, ({ status }) => status === 404);
}

function judgeAnswer(operation: Operation, wanted: number, answer: Answer): string | null {
  if (answer.status >= 500) return `${operation.name}: ${answer.status}`;
  return wanted === 0 || wanted === answer.status
    ? null
    : `${operation.name}: ${answer.status} instead of ${wanted}: ${String(answer.body?.['message'])}`;
}

interface Shown {
  readonly type: string;
  readonly name: string;
  readonly line: WatchLine;
}

/** Within a batch the order is the server's own, so it is put in order of names. */
function inOrder(lines: readonly WatchLine[], expected: readonly Expected[]): readonly Shown[] {
  const shown = lines.map((line) => ({
    type: line.type,
    name: (line.object['metadata'] as { readonly name?: string } | undefined)?.name ?? '',
    line,
  }));
  const result: Shown[] = [];
  for (let from = 0; from < shown.length; ) {
    let to = from + 1;
    while (to < shown.length && expected[to]?.batch === expected[from]?.batch) to++;
    result.push(...shown.slice(from, to).sort((a, b) => compareStrings(a.name, b.name)));
    from = to;
  }
  return result;
}

async function playWatch(
  cluster: Cluster,
  model: WritableModel,
  step: Extract<ScriptStep, { readonly watch: unknown }>,
  normal: Normalizer,
  played: { readonly log: string[]; readonly problems: string[] },
): Promise<void> {
  const mark = model.marks[step.mark % model.marks.length]!;
  const expected = eventsSince(model, step.watch, mark, step.color);
  const selector = step.color === '' ? suiteLabel : `${suiteLabel},color=${step.color}`;
  // A watch that has shown everything is left at once; on a busy machine it may take its time until then.
  const seconds = expected.length === 0 ? 1 : 30;
  const path = `${kinds[step.watch].path}?watch=true&resourceVersion=${mark.version}&timeoutSeconds=${seconds}&labelSelector=${selector}`;
  const lines = await cluster.watch(path, expected.length);
  const shown = inOrder(lines, expected);
  const found = shown.map(({ type, name }) => `${type} ${name}`);
  const wanted = inOrder(
    expected.map(({ type, name }) => ({ type, object: { metadata: { name } } })),
    expected,
  ).map(({ type, name }) => `${type} ${name}`);
  played.log.push(
    `WATCH ${step.watch} ${step.color === '' ? 'of all colors' : `of ${step.color}`}: ${lines.length} events`,
  );
  for (const { type, line } of shown) played.log.push(`   ${type} ${normal.line(line.object)}`);
  if (canonicalJson(found) !== canonicalJson(wanted))
    played.problems.push(`watch of ${step.watch}: [${found.join(', ')}] instead of [${wanted.join(', ')}]`);
}

async function playOperation(
  cluster: Cluster,
  model: WritableModel,
  operation: Operation,
  draw: Draw,
  normal: Normalizer,
  played: { readonly log: string[]; readonly problems: string[] },
): Promise<void> {
  const wanted = operation.wanted(model, draw);
  const answer = await cluster.ask(operation.request(model, draw));
  const warning = answer.warning === '' ? '' : ` ${answer.warning}`;
  played.log.push(`${operation.name} ${draw.kind}/${draw.name} -> ${answer.status}${normal.text(warning)}`);
  played.log.push(`   ${normal.line(answer.body)}`);
  const problem = judgeAnswer(operation, wanted, answer) ?? operation.judge?.(model, draw, answer) ?? null;
  if (problem !== null) played.problems.push(`${draw.kind}/${draw.name}: ${problem}`);
  operation.learn?.(model, draw, answer);
}

/** The whole script, on a cluster that has been prepared. */
export async function play(cluster: Cluster): Promise<Played> {
  const model = createModel();
  const normal = createNormalizer();
  const played = { log: [] as string[], problems: [] as string[] };
  const runner: Runner = {
    fits: (step) =>
      'watch' in step ? model.marks.length > 0 : (step.operation.fits?.(model, step.draw) ?? true),
    run: (step) =>
      'watch' in step
        ? playWatch(cluster, model, step, normal, played)
        : playOperation(cluster, model, step.operation, step.draw, normal, played),
  };
  await fc.asyncModelRun(() => ({ model: runner, real: runner }), scriptCommands());
  return played;
}
