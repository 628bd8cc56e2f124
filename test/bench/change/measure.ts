// One change after the other through the Kubernetes API, each timed until a real request shows it.
import { setTimeout as pause } from 'node:timers/promises';
import { boundedDraw, keyedUint32 } from '../../../src/base/prng.ts';
import { hostOf, type PodPlace, type Stand } from '../stand.ts';
import { createProbe, type Probe } from './probe.ts';

export type ChangeKind = 'ingress' | 'endpoints';

/** Moments on the monotonic clock of the machine, in milliseconds. */
export interface Measured {
  readonly kind: ChangeKind;
  readonly sentMs: number;
  /** The API server's answer to the write is here. */
  readonly answeredMs: number;
  /** The first answer of the proxy that shows the change is here. */
  readonly seenMs: number;
  readonly requests: number;
}

export interface MeasureOptions {
  readonly ingresses: number;
  readonly changes: number;
  /** Drawn evenly from 0 to this before each change. */
  readonly pauseMsMax: number;
  readonly seed: number;
}

const seenTimeoutMs = 30_000;

/** process.hrtime is the same clock in every process. */
function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** What to write, where to look, and what an answer says once it has worked. */
interface Step {
  readonly write: () => Promise<void>;
  readonly host: string;
  readonly holds: (answer: { readonly status: number; readonly text: string }) => boolean;
}

/** Hosts by Ingress, and the pod each leads to, as they are now. */
export interface Course {
  readonly hosts: string[];
  readonly pods: PodPlace[];
}

export function courseOf(stand: Stand, ingresses: number): Course {
  return {
    hosts: Array.from({ length: ingresses }, (_, index) => hostOf(index)),
    pods: Array.from({ length: ingresses }, () => stand.pods[0]!),
  };
}

function stepOf(stand: Stand, course: Course, kind: ChangeKind, index: number, change: number): Step {
  if (kind === 'ingress') {
    const host = `moved-${change}.example`;
    course.hosts[index] = host;
    return { write: () => stand.moveIngress(index, host), host, holds: ({ status }) => status === 200 };
  }
  const pod = stand.pods.find(({ name }) => name !== course.pods[index]!.name)!;
  course.pods[index] = pod;
  return {
    write: () => stand.movePod(index, pod),
    host: course.hosts[index]!,
    holds: ({ text }) => text.includes(`"${pod.name}"`),
  };
}

async function measureOne(probe: Probe, kind: ChangeKind, step: Step): Promise<Measured> {
  const sentMs = nowMs();
  await step.write();
  const answeredMs = nowMs();
  const requests = await probe.until(step.host, step.holds, seenTimeoutMs);
  return { kind, sentMs, answeredMs, seenMs: nowMs(), requests };
}

export async function measureChanges(
  stand: Stand,
  course: Course,
  kind: ChangeKind,
  options: MeasureOptions,
  onProgress: (done: number) => void = () => undefined,
): Promise<readonly Measured[]> {
  const probe = createProbe(stand.proxyPort);
  const results: Measured[] = [];
  for (let change = 0; change < options.changes; change++) {
    const draw = (what: string) => keyedUint32(options.seed, `${kind}/${what}`, change);
    await pause(boundedDraw(draw('pause'), options.pauseMsMax + 1));
    const index = boundedDraw(draw('index'), options.ingresses);
    results.push(await measureOne(probe, kind, stepOf(stand, course, kind, index, change)));
    onProgress(change + 1);
  }
  await probe.close();
  return results;
}

export interface Burst {
  /** From before the first write until requests show each of them. */
  readonly tookMs: number;
  readonly translations: number;
}

/** Every Ingress moved at once, as an apply of a whole folder does: what must not happen is a round for each. */
export async function measureBurst(stand: Stand, course: Course, name: string): Promise<Burst> {
  const translations = async () => (await stand.metrics()).get('tidegate_controller_translations_total')!;
  const before = await translations();
  const probe = createProbe(stand.proxyPort);
  const sentMs = nowMs();
  await Promise.all(
    course.hosts.map((_, index) => {
      const host = `${name}-${index}.example`;
      course.hosts[index] = host;
      return stand.moveIngress(index, host);
    }),
  );
  for (const host of course.hosts) await probe.until(host, ({ status }) => status === 200, seenTimeoutMs);
  const tookMs = nowMs() - sentMs;
  await probe.close();
  return { tookMs, translations: (await translations()) - before };
}
