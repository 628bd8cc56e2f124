// P51: a streamed first state whose end is never marked does not hold up a start: after a pause it is listed in pages. And
// nothing is configured before each kind has been read whole.
import type { ApiCall, Evidence } from '../evidence/evidence.ts';
import type { Property, Violation } from './property.ts';
import { livesOf, pausesOf } from './reading/hosts.ts';
import { watchedResources } from './reading/view.ts';
import { resourceOf } from './reading/writes.ts';

/** The controller's own limit for a pause in the stream, and some room. */
const pauseUsMax = 10_000_000 + 1_000_000;

const streams = ({ path }: ApiCall): boolean => path.includes('sendInitialEvents=true');

/** Kinds that had not been read whole when a controller's first config was sent. */
function unread(calls: readonly ApiCall[], pushedUs: number): readonly string[] {
  const read = new Set<string>();
  for (const call of calls) {
    const isWhole = streams(call)
      ? call.wholeUs !== -1 && call.wholeUs <= pushedUs
      : !call.isWatch && call.status === 200 && call.endUs !== -1 && call.endUs <= pushedUs;
    // A kind that is not installed has nothing to read.
    if (isWhole || call.status === 404) read.add(resourceOf(call));
  }
  return watchedResources.filter((resource) => !read.has(resource));
}

function judgeFirstPush(evidence: Evidence): readonly Violation[] {
  return livesOf(evidence).flatMap(({ host, life }) => {
    const push = evidence.pushes.find((one) => one.host === host && one.life === life);
    if (push === undefined) return [];
    const missing = unread(
      evidence.calls.filter((call) => call.host === host && call.life === life && call.method === 'GET'),
      push.sentUs,
    );
    if (missing.length === 0) return [];
    const message = `${host} configured ${push.gateway} before it had read ${missing.join()}`;
    return [{ atUs: push.sentUs, message, witnesses: [host] }];
  });
}

export const streamedList: Property = {
  id: 'P51',
  name: 'a first state without an end is listed instead',
  promise:
    'A start is neither held up by a first state that never ends, nor is half of it taken for the whole.',
  type: 'safety',
  judge(evidence, { endUs }) {
    const ends = new Map(livesOf(evidence).map(({ host, life, toUs }) => [`${host} ${life}`, toUs]));
    const stalled = evidence.calls.filter(
      (call) => streams(call) && call.headUs !== -1 && call.status === 200 && call.wholeUs === -1,
    );
    const hanging = stalled.filter((call) => {
      const untilUs =
        call.endUs === -1 ? Math.min(endUs, ends.get(`${call.host} ${call.life}`) ?? endUs) : call.endUs;
      const wasPaused = pausesOf(evidence, call.host).some(
        ([from, to]) => from < untilUs && to > call.sentUs,
      );
      // Bookmarks come after a minute, also where the end is never marked.
      return !wasPaused && Math.max(call.silentUsMax, untilUs - call.heardUs) > pauseUsMax;
    });
    const violations: readonly Violation[] = hanging.map((call) => ({
      atUs: call.heardUs,
      message: `${call.host} waited for the end of ${resourceOf(call)} although nothing came any more`,
      witnesses: [call.host],
    }));
    return { premises: stalled.length, violations: [...violations, ...judgeFirstPush(evidence)] };
  },
};
