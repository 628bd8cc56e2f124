// P55: the time of day may jump. Routes, requests, pools and watches go by a clock that only runs forward; a jump changes
// no config, ends no process and costs at most one change of leader.
import type { Evidence, FaultRecord, RequestRecord } from '../evidence/evidence.ts';
import { endingOf, isFromGateway, isWhole, nameOf } from './answers.ts';
import { outlookOf } from './outlook.ts';
import type { Circumstances, Property, Violation } from './property.ts';
import { gatewayNames, transitions } from './reading/hosts.ts';
import { isDisturbed, lastChangeUs } from './reading/quiet.ts';
import { leaseStates } from './reading/writes.ts';
import { soundReceipt } from './undisturbed-exchange.ts';

const isJump = ({ fault, hits }: FaultRecord): boolean =>
  /clock/.test(fault) && /jump/.test(fault) && hits > 0;

/** How long after a jump anything new is put down to it. */
const watchedUs = 5_000_000;

/** Nothing else went on at the time that could end processes or keep them from the API. */
function standsAlone({ faults }: Evidence, jump: FaultRecord): boolean {
  return faults.every(
    (fault) => isJump(fault) || fault.fromUs > jump.fromUs + watchedUs || fault.toUs < jump.fromUs,
  );
}

/** Requests that a pod had taken when the clocks of their gateway jumped. */
function underWay(evidence: Evidence, { target, fromUs, toUs }: FaultRecord): readonly RequestRecord[] {
  const outlook = outlookOf(evidence);
  return evidence.requests.filter((request) => {
    if (request.gateway !== target) return false;
    const { sentUs, doneUs } = request;
    const jumpUs = [fromUs, toUs].find(
      (atUs) => sentUs <= atUs && doneUs > atUs && doneUs <= atUs + watchedUs,
    );
    if (jumpUs === undefined) return false;
    const receipt = soundReceipt(evidence, outlook, request);
    return receipt !== null && receipt.atUs <= jumpUs;
  });
}

function isBrokenOff(request: RequestRecord): boolean {
  if (request.kind === 'websocket') return request.status === 101 && request.error !== '';
  return !isWhole(request) || isFromGateway(request);
}

function judgeJump(
  evidence: Evidence,
  circumstances: Circumstances,
  jump: FaultRecord,
): readonly Violation[] {
  const { fromUs, target } = jump;
  const untilUs = fromUs + watchedUs;
  const isWithin = (atUs: number): boolean => atUs > fromUs && atUs <= untilUs;
  const found: Violation[] = [];
  const ended = evidence.lives.find(
    ({ what, atUs, host }) => what === 'end' && isWithin(atUs) && host.startsWith(target),
  );
  if (ended !== undefined)
    found.push({
      atUs: ended.atUs,
      message: `${ended.host} ended after the time of day jumped`,
      witnesses: [ended.host],
    });
  const before = evidence.store.filter(({ atUs }) => atUs <= untilUs);
  const changedUs = lastChangeUs({ ...evidence, store: before });
  const isLate = isDisturbed(
    { ...evidence, faults: evidence.faults.filter((fault) => !isJump(fault)) },
    ['control', 'push'],
    0,
    fromUs,
  );
  if (!isLate && changedUs < fromUs - circumstances.freshUs)
    for (const gateway of gatewayNames(circumstances))
      for (const [, after] of transitions(evidence, gateway))
        if (isWithin(after.atUs))
          found.push({
            atUs: after.atUs,
            message: `${gateway} got another config after the time of day jumped on ${target}`,
            witnesses: [gateway, target],
          });
  const states = leaseStates(evidence);
  const changes = states.filter(
    ({ atUs, holder }, index) => isWithin(atUs) && index > 0 && holder !== states[index - 1]!.holder,
  );
  if (changes.length > 1)
    found.push({
      atUs: changes[1]!.atUs,
      message: `leaders changed ${changes.length} times after the time of day jumped`,
      witnesses: [target],
    });
  return found;
}

export const clockJumps: Property = {
  id: 'P55',
  name: 'a jump of the clock changes nothing',
  promise:
    'When the time of day jumps on a machine, routes stay, no request or process ends and at most one leader changes.',
  type: 'safety',
  judge(evidence, circumstances) {
    const jumps = evidence.faults.filter(isJump);
    const alone = jumps.filter((jump) => standsAlone(evidence, jump));
    const requests = new Set(jumps.flatMap((jump) => underWay(evidence, jump)));
    const broken = [...requests].filter(isBrokenOff).map((request) => ({
      atUs: request.doneUs,
      message: `${nameOf(request)} ended with ${endingOf(request)} after the time of day jumped`,
      witnesses: [request.nonce, request.gateway],
    }));
    return {
      premises: alone.length + requests.size,
      violations: [...alone.flatMap((jump) => judgeJump(evidence, circumstances, jump)), ...broken],
    };
  },
};
