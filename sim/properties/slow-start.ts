// P73: where a Service wants slow start, a pod that is new among others gets no more than the share that it has grown to, and its
// whole share once the time is over.
import type { Evidence } from '../evidence/evidence.ts';
import { type ExpectedBalancing, expectedBalancing, slowStartAnnotation } from '../reference/balancing.ts';
import { annotationOf } from '../reference/objects.ts';
import { isHarmed, recoverPodUs, recoverTrafficUs } from './excuses.ts';
import { irregularChoices } from './fair-share.ts';
import { type Outlook, outlookOf, type Term } from './outlook.ts';
import type { Property, Violation } from './property.ts';
import { isPausedDuring } from './reading/hosts.ts';
import { allSeen, type Seen, targetOf } from './told-failures.ts';

/** A pod that has come to a worker which had others of the upstream, and still has. */
interface Newcomer {
  readonly host: string;
  readonly life: number;
  readonly upstream: string;
  readonly target: string;
  readonly first: Term;
  readonly fromUs: number;
  readonly windowUs: number;
}

const firstShare = 0.1;
/** Requests that may be owed to a pod that is not always the one to be chosen, and the one that is being chosen. */
const owedMax = 3;
/** Shares are told in steps. */
const stepUs = 500_000;

function targetsIn({ config }: Term, upstream: string): ReadonlySet<string> {
  if (config === null) return new Set();
  const { targets, upstreams } = config.config.entities;
  const own = [...targets.values()].filter(
    (target) => upstreams.get(target.upstream)?.name === upstream && target.weight > 0,
  );
  return new Set(own.map(({ target }) => target));
}

function balancingIn(outlook: Outlook, term: Term, upstream: string): ExpectedBalancing | null {
  const view = outlook.viewOf(term);
  const [service = '', namespace = ''] = upstream.split('.');
  return view === null
    ? null
    : expectedBalancing(view, { namespace, service, written: '', port: null, outside: null });
}

/** 0: the Service does not want it, or pods that are ill are left out, and begin anew when they are well again. */
function windowOf(outlook: Outlook, term: Term, upstream: string): number {
  const balancing = balancingIn(outlook, term, upstream);
  return balancing === null || balancing.checksHealth ? 0 : balancing.slowStartUs;
}

function newcomersOf(outlook: Outlook, upstreams: ReadonlySet<string>): readonly Newcomer[] {
  const found: Newcomer[] = [];
  const before = new Map<string, Term>();
  for (const term of outlook.terms) {
    const { host, life, config } = term;
    const last = before.get(host);
    before.set(host, term);
    if (config === null || last?.config == null || last.life !== life) continue;
    for (const upstream of upstreams) {
      const windowUs = windowOf(outlook, term, upstream);
      if (windowUs === 0) continue;
      const old = targetsIn(last, upstream);
      const now = targetsIn(term, upstream);
      if (![...now].some((target) => old.has(target))) continue;
      for (const target of now)
        if (!old.has(target))
          found.push({ host, life, upstream, target, first: term, fromUs: config.atUs, windowUs });
    }
  }
  return found;
}

/** Everything that a worker chose of the upstream while the newcomer was there and as much was wanted of it, up to a moment. */
function choicesDuring(
  outlook: Outlook,
  all: readonly Seen[],
  { host, life, upstream, target, first, windowUs }: Newcomer,
  untilUs: number,
): readonly Seen[] {
  const leftUs = outlook.terms.find(
    (term) =>
      term.host === host &&
      (term.life !== life ||
        !targetsIn(term, upstream).has(target) ||
        windowOf(outlook, term, upstream) !== windowUs) &&
      term.fromUs > first.fromUs,
  )?.fromUs;
  return all
    .filter((seen) => seen.upstream === upstream && seen.term.host === host && seen.term.life === life)
    .filter(
      ({ receipt, sentUs }) => sentUs >= first.fromUs && receipt.atUs <= Math.min(untilUs, leftUs ?? untilUs),
    )
    .sort((a, b) => a.receipt.atUs - b.receipt.atUs);
}

/** What disturbs a choice is not looked at: pods that cannot be reached make others get more. */
function isDisturbed(
  evidence: Evidence,
  outlook: Outlook,
  { host }: Newcomer,
  fromUs: number,
  untilUs: number,
) {
  return (
    isHarmed(evidence, ['traffic'], fromUs, untilUs, recoverTrafficUs) ||
    isHarmed(evidence, ['pods'], fromUs, untilUs, recoverPodUs) ||
    // Shares grow by the main thread's clock.
    isPausedDuring(evidence, host.split('/')[0]!, fromUs, untilUs) ||
    outlook.hasStrangers(host, untilUs)
  );
}

function tooMuch(
  evidence: Evidence,
  outlook: Outlook,
  newcomer: Newcomer,
  others: readonly Newcomer[],
  choices: readonly Seen[],
): Violation | null {
  const { host, upstream, target, fromUs, windowUs, first } = newcomer;
  const receipts = choices.map(({ receipt }) => receipt);
  const readyUs = new Map(others.map((other) => [other.target, other.fromUs + other.windowUs]));
  let [earned, got] = [0, 0];
  const allowed = owedMax + irregularChoices(evidence, outlook, { term: first, receipts });
  for (const { receipt, term } of choices) {
    const targets = targetsIn(term, upstream);
    const share = Math.min(1, firstShare + ((1 - firstShare) * (receipt.atUs - fromUs)) / windowUs);
    const hasOthers = [...targets].some((each) => (readyUs.get(each) ?? 0) <= receipt.atUs);
    earned += hasOthers ? share / targets.size : 1;
    if (targetOf(receipt) === target) got++;
    if (got <= earned + allowed) continue;
    const seconds = ((receipt.atUs - fromUs) / 1e6).toFixed(1);
    return {
      atUs: receipt.atUs,
      message: `${host} gave ${receipt.pod}, new for ${seconds} s, ${got} requests of ${upstream}, of which its share was ${earned.toFixed(1)}`,
      witnesses: [host, `pods ${receipt.pod}`],
    };
  }
  return null;
}

/** Turns come to everybody equally then. */
function tooLittle(
  evidence: Evidence,
  outlook: Outlook,
  newcomer: Newcomer,
  others: readonly Newcomer[],
  all: readonly Seen[],
): Violation | 'open' | null {
  const { upstream, target, fromUs, windowUs, host } = newcomer;
  const readyUs = fromUs + windowUs + stepUs;
  if (others.some((other) => other.fromUs <= readyUs && other.fromUs + other.windowUs > fromUs + windowUs))
    return 'open';
  const choices = choicesDuring(outlook, all, newcomer, Number.MAX_SAFE_INTEGER).filter(
    ({ sentUs, term }) => sentUs >= readyUs && term.fromUs <= readyUs,
  );
  const term = choices[0]?.term;
  if (term === undefined || balancingIn(outlook, term, upstream)?.algorithm !== 'round-robin') return 'open';
  const own = choices.filter((seen) => seen.term === term);
  const count = targetsIn(term, upstream).size;
  const untilUs = own.at(-1)!.receipt.atUs;
  if (own.length < 3 * count || isDisturbed(evidence, outlook, newcomer, readyUs, untilUs)) return 'open';
  const got = own.filter(({ receipt }) => targetOf(receipt) === target).length;
  const receipts = own.map(({ receipt }) => receipt);
  const missing = 1 + irregularChoices(evidence, outlook, { term, receipts });
  if (got + missing >= Math.floor(own.length / count)) return null;
  return {
    atUs: untilUs,
    message: `${host} gave ${target}, whose slow start was over, ${got} of ${own.length} requests of ${upstream} with ${count} pods`,
    witnesses: [host],
  };
}

/** Whether any Service ever did: most histories have none. */
function isWanted({ store }: Evidence): boolean {
  return store.some(
    ({ resource, object }) => resource === 'services' && annotationOf(object, slowStartAnnotation) !== null,
  );
}

export const slowStart: Property = {
  id: 'P73',
  name: 'who is new starts slowly',
  promise:
    'Where a Service wants slow start, a pod that joins others gets from each worker no more than the share that it has grown to, and its whole share when the time is over.',
  type: 'safety',
  judge(evidence) {
    if (!isWanted(evidence)) return { premises: 0, violations: [] };
    const outlook = outlookOf(evidence);
    const all = allSeen(evidence);
    const newcomers = newcomersOf(outlook, new Set(all.map(({ upstream }) => upstream)));
    let premises = 0;
    const violations: Violation[] = [];
    for (const newcomer of newcomers) {
      const { host, upstream, fromUs, windowUs, first } = newcomer;
      const untilUs = fromUs + windowUs;
      const choices = choicesDuring(outlook, all, newcomer, untilUs);
      const others = newcomers.filter((other) => other.host === host && other.upstream === upstream);
      if (choices.length > 0 && !isDisturbed(evidence, outlook, newcomer, first.fromUs, untilUs)) {
        premises++;
        const violation = tooMuch(evidence, outlook, newcomer, others, choices);
        if (violation !== null) violations.push(violation);
      }
      const late = tooLittle(evidence, outlook, newcomer, others, all);
      if (late === 'open') continue;
      premises++;
      if (late !== null) violations.push(late);
    }
    return { premises, violations };
  },
};
