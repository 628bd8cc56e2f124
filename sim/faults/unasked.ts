// Bytes that nobody asked for, on connections that a gateway keeps for later. They are put in the gateway's hands at a
// moment when nothing is on its way to the pod: no gateway could take them for an answer by a race.
import { SimConnection } from '../network/connection.ts';
import { strayAnswer } from '../pod/answer-script.ts';
import type { Fault } from './fault.ts';
import { stepsOf } from './steps.ts';
import { aimAtApplication, aimAtPods, chosenPods, podKey } from './targets.ts';
import { aimVisits, letVisit } from './visits.ts';

const lookMs = 20;
const garbage = Buffer.from('\0\0nobody asked for this\r\n\r\n');

export const unaskedFaults: readonly Fault[] = [
  {
    id: 'X06',
    name: 'pod-speaks-unasked',
    summary: 'A pod sends a second answer, or rubbish, on a kept connection on which nothing was asked.',
    harms: [],
    lastsMsMax: 6_000,
    aim(draw, shape, plan) {
      const target = aimAtApplication(draw, plan);
      const parameters = {
        pods: aimAtPods(draw),
        count: 1 + draw('count', 5),
        answer: draw('answer', 3) > 0,
      };
      if (target === null) return null;
      return { target, parameters: { ...parameters, ...aimVisits(draw, shape, plan, target) } };
    },
    begin(stage) {
      const { world, entry, record } = stage;
      const { pods, count, answer } = entry.parameters;
      const steps = stepsOf(stage);
      const bytes = answer === true ? strayAnswer() : garbage;
      steps.every(lookMs, () => {
        for (const pod of chosenPods(world, entry.target, pods))
          for (const server of world.cluster.pods.servers(podKey(pod)))
            for (const stream of server.waiting()) {
              if (record.hits >= Number(count) || !(stream instanceof SimConnection)) return;
              if (stream.speakNow(bytes)) record.hits++;
            }
      });
      const stop = letVisit(stage);
      return () => {
        steps.stop();
        stop();
      };
    },
  },
];
