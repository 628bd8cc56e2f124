// What users are told in the cluster: the address in the status of each Ingress, and an Event for each problem, once.
// Writes go one at a time and may fail or stall; nothing waits for them.

import { formatReference, type ObjectReference } from '../kube/object.ts';
import type { Problem } from '../kube/problem.ts';
import type { Clock, Timer } from '../ports/clock.ts';
import { callJson, type JsonRequest } from '../ports/json-call.ts';
import type { KubeApi } from '../ports/kube-api.ts';
import type { Log } from '../ports/log.ts';
import type { Random } from '../ports/random.ts';
import type { StoreEvent } from '../store/store.ts';
import type { Translation } from '../translate/translation.ts';
import { eventBody } from './events.ts';
import { createStatusBook, type StatusBook } from './status.ts';

export interface TellOptions {
  /** Addresses that Ingresses get as their status; empty with no publish service: status is left alone. */
  readonly publishAddresses: readonly string[];
  /** 'namespace/name' of the Service whose addresses are published. */
  readonly publishService: string;
  readonly writesEvents: boolean;
  readonly writesStatus: boolean;
}

export interface Teller {
  observe(event: StoreEvent): void;
  tell(translation: Translation, problems: readonly Problem[]): void;
  accepted(): void;
  stop(): void;
}

const writesMax = 5_000;
const retryMs = 2_000;
const attemptsMax = 5;

export function createTeller(
  env: { readonly clock: Clock; readonly random: Random; readonly log: Log; readonly api: KubeApi },
  options: Partial<TellOptions>,
  leads: () => boolean,
): Teller {
  const book: StatusBook = createStatusBook(options.publishService ?? '', options.publishAddresses ?? []);
  const writes: { readonly request: JsonRequest; attempts: number }[] = [];
  let told = new Map<string, Problem>();
  let last: { translation: Translation; problems: readonly Problem[] } | null = null;
  let busy = false;
  let stopped = false;
  let timer: Timer | null = null;

  const pump = (): void => {
    const write = writes[0];
    if (busy || stopped || write === undefined) return;
    busy = true;
    callJson(env.api, env.clock, write.request, { timeoutMs: 10_000, bytesMax: 4 * 1024 * 1024 }, (reply) => {
      busy = false;
      const again = reply.error !== null || reply.status === 429 || reply.status >= 500;
      if (again && ++write.attempts < attemptsMax) {
        timer = env.clock.after(retryMs, pump);
        return;
      }
      writes.shift();
      // 404 and 409: the object went on without us; its next change brings it back here.
      if (reply.error !== null || (reply.status >= 400 && reply.status !== 404 && reply.status !== 409))
        env.log.warn(`cannot write ${write.request.path}: ${reply.error ?? `HTTP ${reply.status}`}`);
      pump();
    });
  };
  const enqueue = (request: JsonRequest): void => {
    if (writes.length >= writesMax) return;
    writes.push({ request, attempts: 0 });
    pump();
  };

  const writeEvent = (
    object: ObjectReference,
    type: 'Normal' | 'Warning',
    reason: string,
    message: string,
  ): void => {
    const namespace = object.namespace === '' ? 'default' : object.namespace;
    const suffix = env.random.bytes('events', 8).toString('hex');
    enqueue({
      method: 'POST',
      path: `/api/v1/namespaces/${namespace}/events`,
      body: eventBody({ object, namespace, suffix, type, reason, message, wallMs: env.clock.wallMs() }),
    });
  };

  const tellProblems = (problems: readonly Problem[]): void => {
    const now = new Map<string, Problem>();
    for (const problem of problems)
      now.set(
        `${formatReference(problem.object)}|${problem.field}|${problem.reason}|${problem.message}`,
        problem,
      );
    const broken = new Set(problems.map((problem) => formatReference(problem.object)));
    for (const [key, problem] of now) {
      if (told.has(key)) continue;
      const where = problem.field === '' ? '' : `${problem.field}: `;
      env.log.warn(`${formatReference(problem.object)}: ${where}${problem.message}`, {
        reason: problem.reason,
      });
      if (options.writesEvents !== false)
        writeEvent(problem.object, 'Warning', problem.reason, `${where}${problem.message}`);
    }
    const cleared = new Map<string, ObjectReference>();
    for (const { object } of told.values()) {
      const name = formatReference(object);
      if (!broken.has(name)) cleared.set(name, object);
    }
    for (const [name, object] of cleared) {
      env.log.info(`${name}: all problems are solved`);
      if (options.writesEvents !== false && book.exists(object))
        writeEvent(object, 'Normal', 'KongConfigurationSucceeded', 'All problems of this object are solved.');
    }
    told = now;
  };

  const update = (): void => {
    if (stopped || last === null || !leads()) return;
    tellProblems(last.problems);
    if (options.writesStatus === false) return;
    for (const patch of book.patches(last.translation.ingresses)) enqueue(patch);
  };

  return {
    observe(event) {
      if (book.observe(event)) update();
    },
    tell(translation, problems) {
      last = { translation, problems };
      update();
    },
    accepted: update,
    stop() {
      stopped = true;
      timer?.cancel();
    },
  };
}
