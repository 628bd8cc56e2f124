// P49: a watch that has gone silent is not trusted for ever. A half-open connection looks exactly like a quiet cluster, so
// after the idle time-out the controller asks anew.
import type { ApiCall } from '../evidence/evidence.ts';
import type { Property, Violation } from './property.ts';
import { livesOf, pausesOf } from './reading/hosts.ts';

/** Timers are set in whole milliseconds and looked at when they fire. */
const slackUs = 1_000_000;

export const silentWatch: Property = {
  id: 'P49',
  name: 'a silent watch is given up',
  promise:
    'A watch that says nothing for longer than it should is given up, and the state is asked for anew.',
  type: 'safety',
  judge(evidence, { watchIdleUs, endUs }) {
    const ends = new Map(livesOf(evidence).map(({ host, life, toUs }) => [`${host} ${life}`, toUs]));
    const limitUs = watchIdleUs + slackUs;
    /** Longest stretch without a byte in which the host was there to notice. */
    const silenceUs = (call: ApiCall): number => {
      const untilUs =
        call.endUs === -1 ? Math.min(ends.get(`${call.host} ${call.life}`) ?? endUs, endUs) : call.endUs;
      const openUs = call.endUs === -1 ? untilUs - call.heardUs : 0;
      const longestUs = Math.max(call.silentUsMax, openUs);
      const pausedUs = pausesOf(evidence, call.host)
        .filter(([from, to]) => from < untilUs && to > call.sentUs)
        .reduce((sum, [from, to]) => sum + Math.min(to, untilUs) - from, 0);
      return longestUs - pausedUs;
    };
    const watches = evidence.calls.filter(
      ({ isWatch, headUs, status }) => isWatch && headUs !== -1 && status === 200,
    );
    const premises = watches.filter(
      (call) => call.error === 'cancelled' && silenceUs(call) >= watchIdleUs,
    ).length;
    const violations: Violation[] = watches
      .filter((call) => silenceUs(call) > limitUs)
      .map((call) => ({
        atUs: call.heardUs,
        message: `${call.host} went on trusting ${call.path.split('?')[0]} for ${silenceUs(call) / 1_000_000} s of silence`,
        witnesses: [call.host],
      }));
    return { premises, violations };
  },
};
