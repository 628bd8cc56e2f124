// Probes of gateways as pods took them: what a gateway must know of a pod's health by them.
import type { DialRecord, Evidence, ReceiptRecord } from '../evidence/evidence.ts';
import { isHarmed, recoverTrafficUs } from './excuses.ts';
import type { Term } from './terms.ts';
import { onlyUpstream, targetOf } from './told-failures.ts';

export interface Probe {
  readonly atUs: number;
  /** 'silent': none until the gateway gives up; 'lost': none that would tell anything. */
  readonly answer: 'well' | 'failed' | 'silent' | 'lost';
}

/** One pod as one gateway sees it. */
export interface Probed {
  readonly gateway: string;
  readonly target: string;
  readonly pod: string;
  readonly upstream: string;
  readonly probes: readonly Probe[];
}

/** From one probe that settles it to the first that may settle otherwise. */
export interface Verdict {
  readonly sinceUs: number;
  /** Since when every worker must know; later than the second probe by its answer's way. */
  readonly fromUs: number;
  readonly toUs: number;
}

/** Probes in a row that settle it; a little longer than twice the time between two. */
const settledBy = 2;
const rowUsMax = 2_500_000;
const answerUs = 500_000;
/** As the policies of random histories say. */
const timeoutUs = 1_000_000;
const bad: ReadonlySet<Probe['answer']> = new Set(['failed', 'silent']);
const failures: ReadonlySet<number> = new Set([429, 404, 500, 501, 502, 503, 504, 505]);

const isProbe = ({ headers, nonce }: ReceiptRecord): boolean =>
  nonce === '' && headers['user-agent'] === 'tidegate-health';

function answerOf({ mischief, status }: ReceiptRecord, { atUs, goneUs }: DialRecord): Probe['answer'] {
  if (mischief === 'fails') return 'failed';
  // A pod that comes to itself ends what it has left without an answer: to the gateway that is another kind of failure.
  if (mischief === 'says-nothing') return goneUs >= atUs + timeoutUs ? 'silent' : 'lost';
  if (mischief !== '') return 'lost';
  return failures.has(status) ? 'failed' : status === 200 ? 'well' : 'lost';
}

/** The one upstream of the address in all configs that the gateway had in that time; null: several, or none. */
function steadyUpstream({ configs }: Evidence, gateway: string, target: string): string | null {
  const names = configs
    .filter((record) => record.gateway === gateway)
    .flatMap((config) => {
      const found = [...config.config.entities.targets.values()].some((entity) => entity.target === target);
      return found ? [onlyUpstream({ config } as unknown as Term, target)] : [];
    });
  return new Set(names).size === 1 ? names[0]! : null;
}

/** Whose connection it came on: a pod sees the port of its other end, and gateways may have the same. */
function sendersOf(
  { dials }: Evidence,
  { originPort, address, port, atUs }: ReceiptRecord,
): readonly DialRecord[] {
  return dials.filter(
    (dial) =>
      !dial.host.includes('/') &&
      dial.localPort === originPort &&
      dial.address === address &&
      dial.port === port &&
      dial.atUs <= atUs &&
      (dial.goneUs === -1 || dial.goneUs >= atUs),
  );
}

export function probedOf(evidence: Evidence): readonly Probed[] {
  const sent = evidence.receipts.filter(isProbe).flatMap((receipt) => {
    const senders = sendersOf(evidence, receipt);
    const [only] = senders;
    const answer = only !== undefined && senders.length === 1 ? answerOf(receipt, only) : 'lost';
    return senders.map(({ host: gateway }) => ({ gateway, receipt, answer }));
  });
  const byPlace = Map.groupBy(sent, ({ receipt, gateway }) => `${gateway} ${targetOf(receipt)}`);
  return [...byPlace.values()].flatMap((own) => {
    const { receipt, gateway } = own[0]!;
    const target = targetOf(receipt);
    const upstream = steadyUpstream(evidence, gateway, target);
    if (upstream === null) return [];
    const probes = own.map((probe) => ({ atUs: probe.receipt.atUs, answer: probe.answer }));
    return [{ gateway, target, pod: receipt.pod, upstream, probes }];
  });
}

/** When the gateway must have taken the pod for what `answer` says. */
export function verdictsOf(
  evidence: Evidence,
  { gateway, probes }: Probed,
  answer: Exclude<Probe['answer'], 'lost'>,
  endUs: number,
): readonly Verdict[] {
  const sicknesses = new Set(['pod-sick', 'pod-mute']);
  const faults = evidence.faults.filter(({ fault }) => !sicknesses.has(fault));
  return probes.flatMap((probe, index) => {
    const row = probes.slice(index + 1 - settledBy, index + 1);
    const isSettled =
      row.length === settledBy &&
      row.every((each) => each.answer === answer) &&
      probe.atUs - row[0]!.atUs <= rowUsMax;
    if (index + 1 < settledBy || !isSettled) return [];
    const sinceUs = row[0]!.atUs;
    const fromUs = probe.atUs + answerUs + (answer === 'silent' ? timeoutUs : 0);
    if (isHarmed({ faults }, ['traffic'], sinceUs, fromUs, recoverTrafficUs)) return [];
    const lasts = (each: Probe): boolean =>
      answer === 'well' ? each.answer === 'well' : bad.has(each.answer);
    const toUs = probes.slice(index + 1).find((each) => !lasts(each))?.atUs ?? endUs;
    const isDisturbed = evidence.lives.some(
      ({ host, atUs }) => host === gateway && atUs >= sinceUs && atUs <= toUs,
    );
    return isDisturbed || toUs <= fromUs ? [] : [{ sinceUs, fromUs, toUs }];
  });
}
