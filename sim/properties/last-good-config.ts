// S3: a gateway that keeps its last good configuration goes on with it after a start, also where the cluster cannot be read:
// not at once, as somebody may still say what is current, but soon.
import type { ConfigRecord, Evidence } from '../evidence/evidence.ts';
import type { Circumstances, Property, Violation } from './property.ts';
import { gatewayNames, type Life, livesOf, pausesOf } from './reading/hosts.ts';

/** A config that is served for so long is written. */
const writtenUs = 1_500_000;
/** So long after its start a gateway waits for somebody who says what is current. */
const graceUs = 5_000_000;

/** Faults after which workers come late; the end of the life before is none of them. */
const holdsUp: ReadonlySet<string> = new Set(['hang-worker', 'slow-worker-start', 'crash-worker']);

function isHeldUp(evidence: Evidence, { host, fromUs }: Life, { workers, bootUs }: Circumstances): boolean {
  const untilUs = fromUs + graceUs + bootUs;
  const hosts = [host, ...Array.from({ length: workers }, (_, index) => `${host}/worker-${index}`)];
  const isPaused = hosts.some((name) =>
    pausesOf(evidence, name).some(([from, to]) => from < untilUs && to > fromUs),
  );
  return (
    isPaused ||
    evidence.faults.some(
      ({ fault, fromUs: from, toUs }) => holdsUp.has(fault) && from < untilUs && toUs >= fromUs,
    )
  );
}

/** All that may be on disk after a life: what it had when it could be written for the last time, and what came then. */
function writable(configs: readonly ConfigRecord[], { fromUs, toUs }: Life): readonly ConfigRecord[] {
  const own = configs.filter(({ atUs }) => atUs >= fromUs && atUs <= toUs);
  const sure = own.findLastIndex(({ atUs }) => atUs <= toUs - writtenUs);
  return sure < 0 ? [] : own.slice(sure);
}

interface Finding {
  readonly premises: number;
  readonly message: string | null;
}

const none: Finding = { premises: 0, message: null };

/** One life of a gateway after another one that left something behind. */
function judgeLife(evidence: Evidence, before: Life, life: Life, circumstances: Circumstances): Finding {
  const { host, fromUs, toUs } = life;
  const { bootUs } = circumstances;
  const configs = evidence.configs.filter(({ gateway }) => gateway === host);
  const left = writable(configs, before);
  const lastsUs = Math.min(toUs, circumstances.endUs) - fromUs;
  if (left.length === 0 || lastsUs < graceUs + bootUs || isHeldUp(evidence, life, circumstances)) return none;
  const ready = evidence.readiness.find(
    (record) => record.gateway === host && record.life === life.life && record.reason === '',
  );
  if (ready === undefined || ready.atUs > fromUs + graceUs + bootUs)
    return {
      premises: 1,
      message: `${host} has served config ${left[0]!.config.id} before, and is not ready ${(graceUs + bootUs) / 1e6} s after its start`,
    };
  const served = configs.findLast(({ atUs }) => atUs >= fromUs && atUs <= ready.atUs);
  if (served?.isKept !== true) return { premises: 1, message: null };
  if (ready.atUs < fromUs + graceUs)
    return {
      premises: 1,
      message: `${host} is ready with the config of before its start after ${((ready.atUs - fromUs) / 1e6).toFixed(3)} s, when somebody may still say what is current`,
    };
  const isLeft = left.some(({ config }) => config.id === served.config.id);
  return {
    premises: 1,
    message: isLeft
      ? null
      : `${host} goes on with config ${served.config.id}, and had ${left[0]!.config.id} before its start`,
  };
}

export const lastGoodConfig: Property = {
  id: 'S3',
  name: 'a gateway goes on with its last good configuration',
  promise:
    'A gateway that keeps its last good configuration serves it after a start where nobody says what is current, and is ready with it within seconds.',
  type: 'liveness',
  judge(evidence, circumstances) {
    if (!circumstances.keepsConfig) return { premises: 0, violations: [] };
    let premises = 0;
    const violations: Violation[] = [];
    for (const gateway of gatewayNames(circumstances)) {
      const lives = livesOf(evidence).filter(({ host }) => host === gateway);
      for (const [index, life] of lives.slice(1).entries()) {
        const finding = judgeLife(evidence, lives[index]!, life, circumstances);
        premises += finding.premises;
        if (finding.message !== null)
          violations.push({ atUs: life.fromUs, message: finding.message, witnesses: [gateway] });
      }
    }
    return { premises, violations };
  },
};
