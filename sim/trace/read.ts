// Reads a trace of this version, or says in one sentence why it cannot be read.
import { fail, ok, type Result } from '../../src/base/result.ts';
import { planVersion } from '../history/plan.ts';
import type {
  EndLine,
  Manifest,
  PlanLine,
  StoreLine,
  StoryLine,
  Trace,
  TraceLine,
  VerdictLine,
} from './format.ts';
import { traceFormat } from './format.ts';
import { planHash } from './write.ts';

function parseLine(line: string): TraceLine | null {
  try {
    const value = JSON.parse(line) as unknown;
    return typeof value === 'object' && value !== null && 'type' in value ? (value as TraceLine) : null;
  } catch {
    return null;
  }
}

function readManifest(line: string): Result<Manifest> {
  const manifest = parseLine(line);
  if (manifest?.type !== 'manifest') return fail('this is no trace: the first line is not a manifest');
  const { format, product } = manifest as { format: number; product: string };
  if (format > traceFormat)
    return fail(
      `written in format ${format} by tidegate ${product}; this one reads format ${traceFormat}: use a newer tidegate`,
    );
  if (format < traceFormat)
    return fail(
      `written in format ${format} by tidegate ${product}; this one reads format ${traceFormat}: use tidegate ${product}`,
    );
  return ok(manifest);
}

function readPlan(line: string, manifest: Manifest): Result<PlanLine> {
  const planLine = parseLine(line);
  if (planLine?.type !== 'plan') return fail('damaged: line 2 is not the plan');
  const { version } = planLine.plan as { version: number };
  if (version !== planVersion)
    return fail(
      `its plan is of version ${version}, this tidegate runs version ${planVersion}: use tidegate ${manifest.product}`,
    );
  if (planHash(planLine.plan) !== manifest.planHash)
    return fail('damaged: the plan is not the one that the manifest speaks of');
  return ok(planLine);
}

export function readTrace(text: string): Result<Trace> {
  if (text.trim() === '') return fail('this is no trace: it is empty');
  const lines = text.split('\n');
  const manifest = readManifest(lines[0]!);
  if (!manifest.ok) return manifest;
  if (lines.at(-1) !== '') return fail('truncated: the last line is not whole');
  lines.pop();
  const end = parseLine(lines.at(-1)!);
  if (end?.type !== 'end') return fail('truncated: the line that ends a trace is missing');
  if (end.lines !== lines.length - 1)
    return fail(`damaged: it has ${lines.length - 1} lines before the last and should have ${end.lines}`);
  const plan = readPlan(lines[1]!, manifest.value);
  if (!plan.ok) return plan;
  return readBody(lines, manifest.value, plan.value, end);
}

function readBody(
  lines: readonly string[],
  manifest: Manifest,
  { plan }: PlanLine,
  end: EndLine,
): Result<Trace> {
  const run: string[] = [];
  const story: StoryLine[] = [];
  const store: StoreLine[] = [];
  let verdict: VerdictLine | null = null;
  for (let at = 2; at < lines.length - 1; at++) {
    const line = parseLine(lines[at]!);
    switch (line?.type) {
      case 'event':
      case 'observation':
      case 'checkpoint':
        run.push(lines[at]!);
        break;
      case 'story':
        story.push(line);
        break;
      case 'store':
        store.push(line);
        break;
      case 'verdict':
        verdict = line;
        break;
      default:
        return fail(`damaged: line ${at + 1} is not a line of a trace`);
    }
  }
  if (verdict === null) return fail('damaged: there is no verdict');
  return ok({ manifest, plan, run, story, store, verdict, end });
}
