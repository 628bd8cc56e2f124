// P66: names are asked for in time, by one question at a time, and not over and over.
import type { Evidence, NameRecord } from '../evidence/evidence.ts';
import type { Circumstances, Judgement, Property, Violation } from './property.ts';
import { clockShareMin, configsOf, gatewayNames, livesOf } from './reading/hosts.ts';
import { isUnsettled, namesIn, viewsOf } from './reading/names.ts';

const secondUs = 1_000_000;
/** What a host takes for a second may be longer by so much. */
const clockShareMax = 2 - clockShareMin;

/** The gateway's config has the name over all of the stretch. */
function isWanted(evidence: Evidence, gateway: string, name: string, fromUs: number, toUs: number): boolean {
  const configs = configsOf(evidence, gateway);
  const first = configs.findLastIndex(({ atUs }) => atUs <= fromUs);
  const during = configs.filter(({ atUs }, index) => index >= Math.max(0, first) && atUs <= toUs);
  return first >= 0 && during.every(({ config }) => namesIn(config).has(name));
}

interface Asked {
  readonly gateway: string;
  readonly beginUs: number;
  readonly endUs: number;
  /** Of one life, name and type, in order. */
  readonly records: readonly NameRecord[];
}

function questionsOf(evidence: Evidence, circumstances: Circumstances): readonly Asked[] {
  return gatewayNames(circumstances).flatMap((gateway) =>
    livesOf(evidence)
      .filter(({ host }) => host === gateway)
      .flatMap(({ fromUs, toUs }) => {
        const own = evidence.names.filter(
          ({ host, askedUs }) => host === gateway && askedUs >= fromUs && askedUs < toUs,
        );
        const groups = Map.groupBy(own, ({ type, name }) => `${type} ${name}`);
        const endUs = Math.min(toUs, circumstances.endUs);
        return [...groups.values()].map((records) => ({ gateway, beginUs: fromUs, endUs, records }));
      }),
  );
}

/** Two at a time, or one right after the other where nothing was new. */
function tooOften(evidence: Evidence, { gateway, records }: Asked): readonly Violation[] {
  const violations: Violation[] = [];
  const isConfigured = records[0]!.type === 'SRV';
  for (let at = 1; at < records.length; at++) {
    const [before, after] = [records[at - 1]!, records[at]!];
    const { name, type } = after;
    const say = (message: string) =>
      violations.push({
        atUs: after.askedUs,
        message: `${gateway} asked for ${type} of ${name} ${message}`,
        witnesses: [gateway],
      });
    if (before.toldUs === -1 || before.toldUs > after.askedUs) {
      say('while the same question was open');
      continue;
    }
    const sinceUs = after.askedUs - before.toldUs;
    if (!isConfigured || sinceUs >= 0.8 * secondUs) continue;
    if (isWanted(evidence, gateway, name, before.askedUs, after.askedUs))
      say(`${sinceUs} us after it had been told`);
  }
  return violations;
}

/** A view of addresses, and the question after it. */
function tooLate(evidence: Evidence, { gateway, beginUs, endUs, records }: Asked): Judgement {
  let premises = 0;
  const violations: Violation[] = [];
  const { name, type } = records[0]!;
  const views = type === 'SRV' ? viewsOf(evidence, gateway, name) : [];
  for (const { fromUs, addresses, ttlUs } of views) {
    if (addresses === null || ttlUs === -1 || fromUs < beginUs) continue;
    const dueUs = fromUs + Math.max(secondUs, ttlUs) * clockShareMax + 200_000;
    if (dueUs >= endUs || isUnsettled(evidence, gateway, fromUs, dueUs)) continue;
    if (!isWanted(evidence, gateway, name, fromUs, dueUs)) continue;
    premises++;
    if (records.some(({ askedUs }) => askedUs > fromUs && askedUs <= dueUs)) continue;
    violations.push({
      atUs: dueUs,
      message: `${gateway} had addresses of ${name} that were good for ${ttlUs} us, and did not ask again in that time`,
      witnesses: [gateway],
    });
  }
  return { premises, violations };
}

export const nameQuestions: Property = {
  id: 'P66',
  name: 'names are asked for in time and not too often',
  promise:
    'What DNS says is asked for again before it runs out, by one question at a time for a name, and at most once a second.',
  type: 'resource',
  judge(evidence, circumstances) {
    let premises = 0;
    const violations: Violation[] = [];
    if (evidence.names.length === 0) return { premises, violations };
    for (const asked of questionsOf(evidence, circumstances)) {
      premises += asked.records.length - 1;
      violations.push(...tooOften(evidence, asked));
      const late = tooLate(evidence, asked);
      premises += late.premises;
      violations.push(...late.violations);
    }
    return { premises, violations };
  },
};
