// What the pods of a Deployment are like, in words, and as the environment variables that the pod server reads.
import { choice, flag, optional, record, type TypeOf, whole, wordOr } from './shape.ts';
import { duration } from './units.ts';

/** What a pod does when it is told to end, by the words of scenarios. */
const drainWords = {
  'serves-while-draining': 'serves',
  'closes-listener': 'closes-listener',
  'closes-idle': 'closes-idle',
  resets: 'resets',
  'ignores-term': 'ignores-term',
} as const;

const drain = choice(Object.keys(drainWords) as readonly (keyof typeof drainWords)[]);

export const podShape = wordOr(
  drain,
  record('what pods are like', {
    drain: optional(drain, 'what they do on SIGTERM'),
    'drain-for': optional(duration, 'how long they go on after SIGTERM (2s)'),
    'unready-while-draining': optional(flag, 'their readiness fails after SIGTERM'),
    latency: optional(duration, 'pause before each answer (1 to 20 ms)'),
    'ready-after': optional(duration, 'how long after their start they become ready'),
    'crash-after': optional(duration, 'how long after their start they crash'),
    'errors-percent': optional(whole(0, 100), 'requests of a hundred that they answer with 500'),
    status: optional(whole(200, 599), 'status of all other answers (200)'),
  }),
);

export type PodSpec = TypeOf<typeof podShape>;

/** Variables of the pod server, sim/pod/personality.ts. */
export function environmentOf(spec: PodSpec): Readonly<Record<string, string>> {
  if (typeof spec === 'string') return { POD_DRAIN: drainWords[spec] };
  const set: Record<string, string> = {};
  const say = (name: string, value: unknown): void => {
    if (value !== undefined) set[name] = String(value);
  };
  say('POD_DRAIN', spec.drain === undefined ? undefined : drainWords[spec.drain]);
  say('POD_DRAIN_MS', spec['drain-for']);
  say('POD_DRAIN_UNREADY', spec['unready-while-draining']);
  say('POD_LATENCY_MS', spec.latency);
  say('POD_READY_AFTER_MS', spec['ready-after']);
  say('POD_CRASH_AFTER_MS', spec['crash-after']);
  say('POD_STATUS', spec.status);
  const percent = spec['errors-percent'];
  say('POD_ERROR_RATE', percent === undefined ? undefined : (percent / 100).toFixed(2));
  return set;
}
