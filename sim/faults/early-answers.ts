// Pods that answer before they have the whole request: who has a body under way to such a pod is refused, and nobody else.
import { type Fault, pick } from './fault.ts';
import { misbehave, mischiefIn } from './mischief.ts';
import { stepsOf } from './steps.ts';
import { aimAtApplication, aimAtPods, chosenPods } from './targets.ts';
import { aimVisits, bringClient, letVisit, visit } from './visits.ts';

const kinds = ['answers-early', 'answers-early', 'answers-early-and-closes'] as const;

export const earlyAnswerFaults: readonly Fault[] = [
  {
    id: 'X24',
    name: 'early-answers',
    summary:
      'A pod refuses requests while their bodies are still on their way, and goes on reading or ends the connection.',
    harms: [],
    lastsMsMax: 6_000,
    aim(draw, shape, plan) {
      const target = aimAtApplication(draw, plan);
      if (target === null) return null;
      const figures = { kind: pick(kinds, draw('kind', 64)), count: 1 + draw('count', 12), ms: 0, bytes: 0 };
      const sending = { everyMs: 50 + draw('pace', 300), sendMs: 10 + draw('sends', 300) };
      return {
        target,
        parameters: {
          ...figures,
          ...sending,
          pods: aimAtPods(draw),
          ...aimVisits(draw, shape, plan, target),
        },
      };
    },
    begin(stage) {
      const { world, entry, record } = stage;
      const { parameters } = entry;
      const pods = chosenPods(world, entry.target, parameters['pods']);
      const end = misbehave(world, pods, mischiefIn(parameters), () => record.hits++);
      const stop = letVisit(stage);
      const steps = stepsOf(stage);
      if (parameters['host'] === undefined) {
        return () => {
          stop();
          end();
        };
      }
      const client = bringClient(stage, {}, '-sender');
      const headers: Record<string, string> =
        parameters['key'] === '' ? {} : { apikey: String(parameters['key']) };
      const put = visit(parameters, {
        method: 'PUT',
        headers,
        bodyBytes: 4_000,
        sendMs: Number(parameters['sendMs']),
      });
      steps.every(Number(parameters['everyMs']), (index) => client.send(`${entry.id}.put.${index}`, put));
      return () => {
        steps.stop();
        stop();
        end();
        client.close();
      };
    },
  },
];
