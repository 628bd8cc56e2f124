// Steps of a scenario whose expectation came after its time by the clock, and in time by the machine's own.
import type { Collected } from '../backend.ts';
import { whyLate } from './judge.ts';

/** '' = there was none. */
export function whyMetLate({ evidence, endUs, machineUs }: Collected): string {
  const late = evidence.expectations.find(({ lateUs }) => lateUs !== undefined);
  if (late === undefined || machineUs === undefined) return '';
  const lateMs = Math.round(late.lateUs! / 1000);
  return `${whyLate(endUs, machineUs)}, which may be why ${late.text} came ${lateMs} ms late`;
}
