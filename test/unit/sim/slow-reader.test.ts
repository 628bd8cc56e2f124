// A client that reads slowly reads as slowly as it says, whatever the size of the pieces that reach it.
import { expect, test } from 'vitest';
import type { Plan, RequestEntry } from '../../../sim/history/plan.ts';
import { runHistory } from '../../../sim/history/run.ts';
import { answerBytesHeader } from '../../../sim/pod/answer-body.ts';
import { planOf } from './faults/traffic-plan.ts';

const readBytesPerSecond = 20_000;
const answerBytes = 20_000;

/** One request for a large answer while all that the client is sent arrives in such pieces. */
function planWith(segmentBytesMax: number): Plan {
  const plan = planOf(
    { fault: 'tiny-segments', target: 'plain', parameters: { between: 'client', segmentBytesMax } },
    10_000,
  );
  const fault = plan.timeline.find((entry) => entry.do === 'fault')!;
  const like = plan.timeline.find((entry): entry is RequestEntry => entry.do === 'request')!;
  const headers = { [answerBytesHeader]: String(answerBytes) };
  const request: RequestEntry = {
    ...like,
    atMs: fault.atMs + 200,
    client: 'plain',
    request: { ...like.request, headers },
  };
  const clients = plan.clients.map((client) => ({ ...client, readBytesPerSecond }));
  return { ...plan, clients, timeline: [{ ...fault, untilMs: fault.atMs + 9_000 }, request] };
}

test.each([1, 2, 7, 100, 1_460])('pieces of %i bytes', (segmentBytesMax) => {
  const { evidence } = runHistory(planWith(segmentBytesMax), { crds: [] });
  const [request] = evidence.requests;
  expect(request).toMatchObject({ status: 200, complete: true, error: '' });
  expect(evidence.faults.map(({ hits }) => hits > 0)).toEqual([true]);
  const seconds = (request!.doneUs - request!.sentUs) / 1_000_000;
  expect(seconds).toBeGreaterThan(1);
  expect(seconds).toBeLessThan(1.2);
});
