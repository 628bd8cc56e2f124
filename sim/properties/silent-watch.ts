// P49: a watch that has gone silent is not trusted for ever. A half-open connection looks exactly like a quiet cluster, so
// after the idle time-out the controller asks anew.
import type { ApiCall } from '../evidence/evidence.ts';
import type { Property, Violation } from './property.ts';
import { clockShareMin, livesOf, pausesOf } from './reading/hosts.ts';

/** Timers are set in whole milliseconds and looked at when they fire. */
const slackUs = 1_000_000;
/** The controller's own limit for the head of an answer. */
const headUsMax = 30_000_000;

export const silentWatch: Property = {
  id: 'P49',
  name: 'a silent watch is given up',
  promise:
    'A watch that says nothing for longer than it should is given up, and the state is asked for anew.',
  type: 'safety',
  judge(evidence, { watchIdleUs, endUs }) {
    const ends = new Map(livesOf(evidence).map(({ host, life, toUs }) => [`${host} ${life}`, toUs]));
    const untilUs = (call: ApiCall): number => {
      const diedUs = ends.get(`${call.host} ${call.life}`) ?? endUs;
      return call.endUs === -1 ? Math.min(diedUs, endUs) : call.endUs;
    };
    /** Longest stretch without a byte in which the host was there to notice. */
    const silenceUs = (call: ApiCall): number => {
      const openUs = call.endUs === -1 || call.headUs === -1 ? untilUs(call) - call.heardUs : 0;
      const pausedUs = pausesOf(evidence, call.host)
        .filter(([from, to]) => from < untilUs(call) && to > call.sentUs)
        .reduce((sum, [from, to]) => sum + Math.min(to, untilUs(call)) - from, 0);
      return Math.max(call.silentUsMax, openUs) - pausedUs;
    };
    const limitUs = ({ headUs }: ApiCall): number => (headUs === -1 ? headUsMax : watchIdleUs);
    const watches = evidence.calls.filter(({ isWatch }) => isWatch);
    const premises = watches.filter(
      (call) => call.error === 'cancelled' && silenceUs(call) >= limitUs(call),
    ).length;
    const violations: Violation[] = watches
      .filter((call) => silenceUs(call) > limitUs(call) / clockShareMin + slackUs)
      .map((call) => ({
        atUs: call.heardUs,
        message: `${call.host} went on trusting ${call.path.split('?')[0]} for ${silenceUs(call) / 1_000_000} s of silence`,
        witnesses: [call.host],
      }));
    return { premises, violations };
  },
};
