// How a pod behaves, read from the environment variables of its container:
//
//   POD_LATENCY_MS       pause before each answer: '20', or a range '5-50'               default 0
//   POD_ERROR_RATE       share of requests answered with 500, 0 to 1                     default 0
//   POD_STATUS           status of all other answers                                     default 200
//   POD_READY_AFTER_MS   health paths answer 503 for that long after the start           default 0
//   POD_CRASH_AFTER_MS   exits with code 1 that long after the start                     never
//   POD_EXIT_AFTER_MS    exits by itself that long after the start (1000 in a Job)       never
//   POD_EXIT_CODE        the code it then exits with                                     default 0
//   POD_DRAIN            after SIGTERM:                                                  default serves
//                          serves           goes on accepting and answering until idle, then exits
//                          closes-listener  accepts nothing new, answers on open connections
//                          closes-idle      also closes idle connections at once
//                          resets           cuts everything at once
//                          ignores-term     nothing, until SIGKILL
//   POD_DRAIN_MS         how long it serves at least after SIGTERM                       default 2000
//   POD_DRAIN_UNREADY    'true': health paths answer 503 after SIGTERM                   default false
//   POD_LOG              'receipts': the log has a receipt of each request as JSON     default: a line for people
//   POD_NAME, POD_NAMESPACE, POD_SERVICE, POD_NODE, POD_UID   what answers say; filled in by the kubelet
//
// A value that cannot be read is reported in the pod's log and its default is used.

export type DrainMode = 'serves' | 'closes-listener' | 'closes-idle' | 'resets' | 'ignores-term';

export interface Personality {
  readonly latencyMs: readonly [least: number, most: number];
  /** Out of 2^32. */
  readonly errorThreshold: number;
  readonly status: number;
  readonly readyAfterMs: number;
  readonly crashAfterMs: number | null;
  readonly exitAfterMs: number | null;
  readonly exitCode: number;
  readonly drain: DrainMode;
  readonly drainMs: number;
  readonly drainUnready: boolean;
}

const drainModes: readonly DrainMode[] = [
  'serves',
  'closes-listener',
  'closes-idle',
  'resets',
  'ignores-term',
];
const longestMs = 86_400_000;

/** The personality, and one sentence for each value that was not understood. */
export function readPersonality(environment: Readonly<Record<string, string | undefined>>): {
  readonly personality: Personality;
  readonly complaints: readonly string[];
} {
  const complaints: string[] = [];

  function read<T>(name: string, fallback: T, expected: string, parse: (text: string) => T | undefined): T {
    const text = environment[name];
    if (text === undefined || text === '') return fallback;
    const value = parse(text);
    if (value !== undefined) return value;
    complaints.push(`${name} is '${text}', but it must be ${expected}; the default is used`);
    return fallback;
  }

  const duration = (name: string) =>
    read<number | null>(name, null, 'a number of milliseconds', (text) => integer(text, 0, longestMs));
  const personality: Personality = {
    latencyMs: read<readonly [number, number]>(
      'POD_LATENCY_MS',
      [0, 0],
      "milliseconds such as '20' or '5-50'",
      range,
    ),
    errorThreshold: read('POD_ERROR_RATE', 0, 'a share from 0 to 1', (text) => {
      const share = /^(0|1|0?\.\d{1,9}|[01]\.\d{1,9})$/.test(text) ? Number(text) : 2;
      return share <= 1 ? Math.floor(share * 0x100000000) : undefined;
    }),
    status: read('POD_STATUS', 200, 'an HTTP status from 200 to 599', (text) => integer(text, 200, 599)),
    readyAfterMs: duration('POD_READY_AFTER_MS') ?? 0,
    crashAfterMs: duration('POD_CRASH_AFTER_MS'),
    exitAfterMs: duration('POD_EXIT_AFTER_MS'),
    exitCode: read('POD_EXIT_CODE', 0, 'an exit code from 0 to 255', (text) => integer(text, 0, 255)),
    drain: read<DrainMode>('POD_DRAIN', 'serves', `one of ${drainModes.join(', ')}`, (text) =>
      drainModes.find((mode) => mode === text),
    ),
    drainMs: duration('POD_DRAIN_MS') ?? 2000,
    drainUnready: read('POD_DRAIN_UNREADY', false, "'true' or 'false'", (text) =>
      text === 'true' ? true : text === 'false' ? false : undefined,
    ),
  };
  return { personality, complaints };
}

function integer(text: string, least: number, most: number): number | undefined {
  if (!/^\d{1,9}$/.test(text)) return undefined;
  const value = Number(text);
  return value >= least && value <= most ? value : undefined;
}

function range(text: string): readonly [number, number] | undefined {
  const match = /^(\d{1,8})(?:-(\d{1,8}))?$/.exec(text);
  if (match === null) return undefined;
  const least = Number(match[1]);
  const most = match[2] === undefined ? least : Number(match[2]);
  return most >= least ? [least, most] : undefined;
}
