// One proxy worker: takes config changes in small slices, serves with the tables that are complete, drains. It owns
// nothing that another worker needs: a crash costs its connections and nothing else.
import type { Channel } from '../../ports/channel.ts';
import type { SharedMemory } from '../../ports/shared.ts';
import { type CompileJob, createCompiler } from '../compile/compiler.ts';
import { pluginHandlers } from '../plugins/index.ts';
import { createAccessOutlet } from './access-outlet.ts';
import { readConfigText } from './config-text.ts';
import { createMovingRooms } from './moving-rooms.ts';
import type { MainMessage, WorkerMessage, WorkerOptions } from './protocol.ts';
import { createServing, type ServingEnv } from './serve.ts';
import { statisticsLayout } from './statistics.ts';

export type WorkerEnv = ServingEnv;

/** A slice of table building may hold up the traffic for this long. */
const sliceUsMax = 500;

type ConfigMessage = MainMessage & { readonly kind: 'config' };

export function createWorker(
  env: WorkerEnv,
  channel: Channel,
  options: WorkerOptions,
  shared: SharedMemory,
): void {
  const { clock } = env;
  const post = (message: WorkerMessage): void => channel.post(message);
  const rooms = createMovingRooms();
  const postMoved = (bytes: Uint8Array<ArrayBuffer>): void =>
    channel.post({ kind: 'access', bytes } satisfies WorkerMessage, [bytes.buffer]);
  const access = createAccessOutlet(clock, {
    post: (bytes) => postMoved(rooms.fill(bytes)),
    dropped: (lines) => serving.statistics.add(statisticsLayout.accessLinesDropped, lines),
    report: (lines) =>
      post({
        kind: 'log',
        level: 'warn',
        message: `the access log is not read fast enough: ${lines} lines were dropped`,
      }),
  });
  const serving = createServing(env, options, () => compiler.current, {
    onAccessLines: (bytes, lines) => access.add(bytes, lines),
    shared,
  });
  const compiler = createCompiler({
    env,
    endpoints: serving.endpoints,
    shared,
    handlers: pluginHandlers,
    ...(options.routerFlavor === undefined ? {} : { routerFlavor: options.routerFlavor }),
  });
  const waiting: ConfigMessage[] = [];
  let building = false;
  let listening = false;

  const listen = (): void => {
    listening = true;
    serving.start((error, ports) => {
      if (error !== null) post({ kind: 'failed', error });
      else post({ kind: 'listening', ...ports });
    });
  };

  const next = (): void => {
    const message = waiting.shift();
    if (message === undefined) return;
    building = true;
    const reading = readConfigText(message.text);
    let job: CompileJob | null = null;
    let sliceUsLongest = 0;
    let workUs = 0;
    /** Reads piece by piece, then builds step by step, for one slice. */
    const work = (startUs: number): boolean => {
      const endUs = startUs + sliceUsMax;
      while (job === null && clock.monotonicUs() < endUs) {
        const piece = reading.next();
        if (piece.done === true) job = compiler.begin(piece.value.delta, piece.value.places);
      }
      const leftUs = endUs - clock.monotonicUs();
      return job !== null && leftUs > 0 && job.step(leftUs);
    };
    const slice = (): void => {
      const startUs = clock.monotonicUs();
      let isDone: boolean;
      try {
        isDone = work(startUs);
      } catch (error) {
        // The tables in use are whole; the half-built ones are not worth keeping, and neither is this worker.
        post({ kind: 'failed', error: error instanceof Error ? error.message : String(error) });
        return;
      }
      const tookUs = clock.monotonicUs() - startUs;
      sliceUsLongest = Math.max(sliceUsLongest, tookUs);
      workUs += tookUs;
      if (!isDone) {
        clock.after(0, slice);
        return;
      }
      building = false;
      serving.namesChanged();
      serving.statistics.countTables(workUs, sliceUsLongest);
      post({ kind: 'swapped', configId: compiler.current.configId });
      // The first tables are complete: only now may requests come, so that none meets an empty worker.
      if (!listening) listen();
      next();
    };
    slice();
  };

  channel.onMessage = (received) => {
    const message = received as unknown as MainMessage;
    if (message.kind === 'accessTaken') {
      access.taken(message.bytes.length);
      rooms.giveBack(message.bytes);
      return;
    }
    if (message.kind === 'config') {
      waiting.push(message);
      if (!building) next();
      return;
    }
    if (message.kind === 'ticketKeys') {
      serving.useTicketKeys(message.keys);
      return;
    }
    serving.drain(message.deadlineMs, () => post({ kind: 'drained' }));
  };
}
