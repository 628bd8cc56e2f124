// What users are told in the cluster: addresses and conditions in the status of objects, and an Event for each problem.
// Only the leader tells; writes may fail or stall; nothing waits for them.
import { formatReference, type ObjectReference } from '../kube/object.ts';
import type { Problem } from '../kube/problem.ts';
import type { Timer } from '../ports/clock.ts';
import type { StoreEvent } from '../store/store.ts';
import type { Translation } from '../translate/translation.ts';
import { type ConditionBook, createConditionBook } from './conditions.ts';
import { createEventBudget, type EventText, eventWrite } from './events.ts';
import { createStatusBook, type StatusBook } from './status.ts';
import { createWriter, type WriterEnv } from './writer.ts';

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
  /** Something else that counts has changed: acceptance, leadership. */
  update(): void;
  stop(): void;
}

/** Where a write was given up, everything that is still due is asked for again. */
const againMs = 60_000;

function keyOf({ object, field, reason, message }: Problem): string {
  return `${formatReference(object)}|${object.uid}|${field}|${reason}|${message}`;
}

export function createTeller(
  env: WriterEnv,
  options: Partial<TellOptions>,
  cluster: { leads(): boolean; isAccepted(translation: Translation): boolean },
): Teller {
  const { clock, log } = env;
  const book: StatusBook = createStatusBook(options.publishService ?? '', options.publishAddresses ?? []);
  const conditions: ConditionBook = createConditionBook();
  const writer = createWriter(env, () => cluster.leads());
  const budget = createEventBudget(clock);
  let told = new Map<string, Problem>();
  let last: { translation: Translation; problems: readonly Problem[] } | null = null;
  let led = false;
  let again: Timer | null = null;
  let stopped = false;

  const writeEvent = (event: EventText): void => {
    if (options.writesEvents === false) return;
    if (budget.take(event.object)) writer.put(eventWrite(event, clock));
    else log.debug('an object has had its share of Events', { object: formatReference(event.object) });
  };

  const tellProblems = (problems: readonly Problem[]): void => {
    const now = new Map(problems.map((problem) => [keyOf(problem), problem]));
    const broken = new Set(problems.map((problem) => formatReference(problem.object)));
    for (const [key, { object, field, reason, message }] of now) {
      if (told.has(key)) continue;
      const text = field === '' ? message : `${field}: ${message}`;
      log.warn(`${formatReference(object)}: ${text}`, { reason });
      writeEvent({ object, type: 'Warning', reason, message: text });
    }
    const cleared = new Map<string, ObjectReference>();
    for (const { object } of told.values()) {
      const name = formatReference(object);
      if (!broken.has(name)) cleared.set(name, object);
    }
    for (const [name, object] of cleared) {
      if (!book.exists(object)) continue;
      log.info(`${name}: all problems are solved`);
      const message = 'All problems of this object are solved.';
      writeEvent({ object, type: 'Normal', reason: 'KongConfigurationSucceeded', message });
    }
    told = now;
  };

  const retryLater = (): void => {
    if (again !== null || stopped) return;
    again = clock.after(againMs, () => {
      again = null;
      update();
    });
  };

  const update = (): void => {
    if (stopped || last === null) return;
    const leads = cluster.leads();
    if (!leads && led) {
      // Another writes from now on; what it finds here later is read from the cluster, not remembered.
      writer.clear();
      told = new Map();
      book.forgetAsked();
      conditions.forgetAsked();
    }
    led = leads;
    if (!leads) return;
    const { translation, problems } = last;
    tellProblems(problems);
    if (options.writesStatus === false) return;
    const writes = [
      ...book.patches(translation.ingresses),
      ...conditions.patches(translation, problems, cluster.isAccepted(translation), clock.wallMs()),
    ];
    for (const write of writes)
      writer.put({
        ...write,
        onFailed() {
          write.onFailed?.();
          retryLater();
        },
      });
  };

  return {
    observe(event) {
      const ofIngress = book.observe(event);
      const ofConsumer = conditions.observe(event);
      if (ofIngress || ofConsumer) update();
    },
    tell(translation, problems) {
      last = { translation, problems };
      update();
    },
    update,
    stop() {
      stopped = true;
      again?.cancel();
      writer.stop();
    },
  };
}
