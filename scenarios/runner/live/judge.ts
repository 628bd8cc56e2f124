// Judges what a live backend left behind by the same properties as a history, as far as it was taken down.
import type { Evidence } from '../../../sim/evidence/evidence.ts';
import { circumstancesOf } from '../../../sim/history/circumstances.ts';
import type { Finding, Verdict } from '../../../sim/history/judge.ts';
import { signatureOf } from '../../../sim/history/signature.ts';
import { properties } from '../../../sim/properties/catalogue.ts';
import type { LatencyPromise, Sometimes } from '../../language/promises.ts';
import type { Collected, LiveBackend, Recorded } from '../backend.ts';
import { countOf } from '../figures.ts';
import { brokenLatencies } from './latencies.ts';
import { onMachineTime, slowestIn } from './on-machine-time.ts';

/** What a property meets that asks for a part of the evidence that nobody has taken down. */
class NotRecorded extends Error {
  readonly part: string;

  constructor(part: string) {
    super(`nobody takes down ${part} here`);
    this.part = part;
  }
}

/** The same evidence, in which nothing can be taken for empty that was never looked at. */
function guarded(evidence: Evidence, records: Recorded): Evidence {
  const parts = Object.keys(evidence) as (keyof Evidence)[];
  const made = {};
  for (const part of parts)
    Object.defineProperty(made, part, {
      enumerable: true,
      get() {
        if (!records.has(part)) throw new NotRecorded(part);
        return evidence[part];
      },
    });
  return made as Evidence;
}

/** Whether the condition only reads what was taken down, so that its count says something. */
export function isCountable(condition: Sometimes, evidence: Evidence, records: Recorded): boolean {
  try {
    countOf(condition, guarded(evidence, records));
    return true;
  } catch (error) {
    if (!(error instanceof NotRecorded)) throw error;
    return false;
  }
}

type Unjudged = readonly (readonly [property: string, part: string])[];

export interface JudgeOptions extends Pick<LiveBackend, 'records' | 'leavesOut'> {
  /** Thresholds of a scenario. */
  readonly latencies: readonly LatencyPromise[];
}

export interface LiveVerdict extends Verdict {
  readonly unjudged: Unjudged;
  /** What would be violations, and is none by the time in which the machine let processes run. */
  readonly undecided: readonly Finding[];
}

function judgeOnce(collected: Collected, options: JudgeOptions): Omit<LiveVerdict, 'undecided'> {
  const { records, leavesOut, latencies } = options;
  const { evidence, plan, endUs, startedUs, endedEarly, objects } = collected;
  const circumstances = {
    ...circumstancesOf(plan, endUs, endedEarly, objects),
    startedUs,
    ...(collected.bootUs === undefined ? {} : { bootUs: collected.bootUs }),
  };
  const seen = guarded(evidence, records);
  const findings: Finding[] = [...brokenLatencies(evidence, latencies)];
  const premises: Map<string, number> = new Map();
  const unjudged: (readonly [string, string])[] = [];
  for (const property of properties) {
    const lacking = leavesOut.get(property.id);
    if (lacking !== undefined) {
      unjudged.push([property.id, lacking]);
      continue;
    }
    try {
      const judgement = property.judge(seen, circumstances);
      premises.set(property.id, judgement.premises);
      for (const violation of judgement.violations) findings.push({ property: property.id, violation });
    } catch (error) {
      if (!(error instanceof NotRecorded)) throw error;
      unjudged.push([property.id, error.part]);
    }
  }
  return { findings, premises, unjudged };
}

/** What two findings of the same thing have in common, whatever their times. */
const sameness = ({ property, violation: { message } }: Finding): string => signatureOf(property, message);

/**
 * Promises about single requests that the product's own limits break where a pod or a proxy gets no turn: a time-out, a drain that
 * runs out, a grace period. They are counted by the clock on the wall, so no other time tells whether there was a defect.
 */
const limited: ReadonlySet<string> = new Set(['P06', 'P07', 'P08', 'P09', 'P10', 'P11', 'P57', 'S2']);
/** The longest of these limits, nearly. */
const limitUs = 10_000_000;
/** What happens so long before the first request may still be why it fails. */
const leadUs = 1_000_000;
/** So slow for a second, and a second is enough for a limit to run out that is far away else. */
const starved = 3;

/** By the clock on the wall; what is broken only by that, and not by the machine's own time, is left undecided. */
export function judgeLive(collected: Collected, options: JudgeOptions): LiveVerdict {
  const verdict = judgeOnce(collected, options);
  const { machineUs } = collected;
  if (verdict.findings.length === 0 || machineUs === undefined) return { ...verdict, undecided: [] };
  const again = judgeOnce(onMachineTime(collected, machineUs), options);
  const still = new Set(again.findings.map(sameness));
  // Processes that start starve each other, which costs nobody anything long before somebody asks.
  const firstUs = collected.evidence.requests.reduce(
    (least, { sentUs }) => Math.min(least, sentUs),
    Infinity,
  );
  const isDecided = (finding: Finding): boolean => {
    const { atUs } = finding.violation;
    if (!still.has(sameness(finding))) return false;
    return (
      !limited.has(finding.property) ||
      slowestIn(Math.max(firstUs - leadUs, atUs - limitUs), atUs, machineUs) < starved
    );
  };
  return {
    ...verdict,
    findings: verdict.findings.filter(isDecided),
    undecided: verdict.findings.filter((finding) => !isDecided(finding)),
  };
}

/** 'the machine kept processes waiting for 12.1 of 30.4 s; else P42: nobody renewed ...' */
export function whyUndecided(
  { undecided }: Pick<LiveVerdict, 'undecided'>,
  { endUs, machineUs }: Collected,
): string {
  const [first] = undecided;
  if (first === undefined || machineUs === undefined) return '';
  const [sentence] = first.violation.message.split('\n', 1);
  return `${whyLate(endUs, machineUs)}, which may be why: ${first.property} ${sentence}`;
}

export function whyLate(endUs: number, machineUs: (us: number) => number): string {
  const seconds = (us: number): string => (us / 1_000_000).toFixed(1);
  return `the machine kept processes waiting for ${seconds(endUs - machineUs(endUs))} of ${seconds(endUs)} s`;
}
