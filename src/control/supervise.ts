// Keeps a controller alive: an exception in any of its callbacks ends that life, and after a pause a new one begins from
// nothing but the cluster and what the gateways say. Whatever serves traffic in the same process never notices.
import { createBackoff } from '../base/backoff.ts';
import {
  type Controller,
  type ControllerEnv,
  type ControllerOptions,
  type ControllerState,
  createController,
} from './control.ts';
import { createLife, type Life } from './life.ts';

export interface SupervisedState extends ControllerState {
  /** Lives that ended with an exception. */
  readonly crashes: number;
  /** Ready once: gateways keep what they have while the controller starts again. */
  readonly ready: boolean;
}

export interface SupervisedController extends Controller {
  state(): SupervisedState;
}

/** A life that lasted this long was a good one. */
const goodLifeMs = 60_000;
const restartFirstMs = 500;
const restartMaxMs = 30_000;

const atRest: ControllerState = {
  synced: false,
  ready: false,
  leading: false,
  translations: 0,
  emptyRounds: 0,
  watch: { lists: 0, watches: 0, events: 0, bookmarks: 0 },
  problems: [],
  gateways: [],
};

export function superviseController(env: ControllerEnv, options: ControllerOptions): SupervisedController {
  const backoff = createBackoff({ firstMs: restartFirstMs, maxMs: restartMaxMs });
  let current: { readonly life: Life; readonly controller: Controller } | null = null;
  let lastState = atRest;
  let crashes = 0;
  let wasReady = false;
  let stopped = false;

  const begin = (): void => {
    if (stopped) return;
    const bornUs = env.clock.monotonicUs();
    const life = createLife(env, (error) => crashed(error, bornUs));
    life.run(() => {
      const controller = createController(life.env, options);
      current = { life, controller };
      controller.start();
    });
  };
  const crashed = (error: unknown, bornUs: number): void => {
    if (current !== null) lastState = observe(current.controller);
    current = null;
    crashes++;
    const livedMs = (env.clock.monotonicUs() - bornUs) / 1000;
    if (livedMs >= goodLifeMs) backoff.reset();
    const delayMs = backoff.nextMs(env.random.uint32('controller/restart'));
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    env.log.error('the controller failed and starts again; gateways keep what they have', {
      error: text,
      crashes,
      delayMs,
    });
    env.clock.after(delayMs, begin);
  };
  const observe = (controller: Controller): ControllerState => {
    const state = controller.state();
    wasReady ||= state.ready;
    return state;
  };
  return {
    start: begin,
    stop(done) {
      stopped = true;
      if (current === null) {
        env.clock.after(0, done);
        return;
      }
      const { life, controller } = current;
      let told = false;
      const finish = (): void => {
        if (told) return;
        told = true;
        life.end();
        done();
      };
      life.run(() => controller.stop(finish));
      // It failed while stopping: nobody else would say so.
      if (life.over) finish();
    },
    state() {
      const state = current === null ? { ...lastState, leading: false } : observe(current.controller);
      return { ...state, ready: state.ready || wasReady, crashes };
    },
  };
}
