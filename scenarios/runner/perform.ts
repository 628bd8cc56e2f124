// Performs a scenario on a backend, step after step. It knows no backend: whatever has to be done goes through the driver.
import { compileExpectation } from '../compile/expectation.ts';
import type { StepOf, StepSpec } from '../language/step-shapes.ts';
import { isRolled, waitsOf } from './conditions.ts';
import { applyAll, deleteAll, patchEach, rollOutEach, scaleEach, setEach } from './operations.ts';
import { restartAll } from './restart.ts';
import { inSequence } from './sequence.ts';
import { beginFault, endFaults, type Stage } from './stage.ts';
import { type Awaited, waitUntil } from './waiting.ts';

type Next = () => void;

function waitFor(stage: Stage, { value }: StepOf<'wait'>, next: Next): void {
  const { driver } = stage;
  if (typeof value === 'number') {
    driver.after(value, next);
    return;
  }
  const waits = waitsOf(driver, value);
  const step = (index: number): void => {
    const wait = waits[index];
    if (wait === undefined) {
      next();
      return;
    }
    waitUntil(stage, wait, value.within, () => {
      if (stage.unmet !== '') return next();
      endFaults(
        stage,
        ({ until }) => until === wait.word,
        () => step(index + 1),
      );
    });
  };
  // What was just asked for has to be seen by the cluster before it can be waited for.
  driver.after(50, () => step(0));
}

function expectAll(stage: Stage, { value, at }: StepOf<'expect'>, next: Next): void {
  const { driver, world, rolledOut, one } = stage;
  const cluster = { list: driver.list, proxies: world.shape.gateways, rolledOut };
  const all = compileExpectation(value, at, cluster, one.complain) ?? [];
  inSequence(all, (expectation, then) => driver.expect(expectation, then), next);
}

function repeat(stage: Stage, { value }: StepOf<'repeat'>, next: Next): void {
  const { driver } = stage;
  const turn = (index: number): void => {
    if (index === value.times || stage.unmet !== '') {
      next();
      return;
    }
    const fromMs = driver.nowMs();
    performSteps(stage, value.steps, () => {
      const leftMs = fromMs + value.every - driver.nowMs();
      driver.after(Math.max(0, leftMs), () => turn(index + 1));
    });
  };
  turn(0);
}

function clients(stage: Stage, names: readonly string[], at: number, act: 'start' | 'stop'): void {
  for (const name of names) {
    const load = stage.loads.find((one) => one.name === name);
    if (load === undefined) stage.one.complain(at, `there are no clients '${name}'`);
    else load[act]();
  }
}

function performStep(stage: Stage, step: StepSpec, next: Next): void {
  switch (step.key) {
    case 'set':
      setEach(stage, step, next);
      return;
    case 'scale':
      scaleEach(stage, step, next);
      return;
    case 'rollout':
      rollOutEach(stage, step, next);
      return;
    case 'patch':
      patchEach(stage, step, next);
      return;
    case 'apply':
      applyAll(stage, step, next);
      return;
    case 'delete':
      deleteAll(stage, step, next);
      return;
    case 'wait':
      waitFor(stage, step, next);
      return;
    case 'fault':
      beginFault(stage, step.value, next);
      return;
    case 'heal':
      endFaults(stage, ({ word }) => step.value.some(({ value }) => value === 'all' || word === value), next);
      return;
    case 'restart':
      restartAll(stage, step.value, step.at, next);
      return;
    case 'start':
    case 'stop':
      clients(stage, step.value, step.at, step.key);
      next();
      return;
    case 'repeat':
      repeat(stage, step, next);
      return;
    case 'expect':
      expectAll(stage, step, next);
      return;
  }
}

/** Ends early where nothing can be proven any more. */
function performSteps(stage: Stage, steps: readonly StepSpec[], next: Next): void {
  const at = (index: number): void => {
    const step = steps[index];
    if (step === undefined || stage.unmet !== '' || stage.unsupported !== '') {
      next();
      return;
    }
    performStep(stage, step, () => at(index + 1));
  };
  at(0);
}

/** `set` at the beginning shapes the world, before anything else happens. */
function splitSteps(steps: readonly StepSpec[]): readonly [readonly StepSpec[], readonly StepSpec[]] {
  const first = steps.findIndex(({ key }) => key !== 'set');
  const count = first < 0 ? steps.length : first;
  return [steps.slice(0, count), steps.slice(count)];
}

const readyWithinMs = 180_000;
/** Clients go on for so long after the last step, so that it is seen to hold. */
const tailMs = 1_000;

function begin(stage: Stage, from: 'ready' | 'start'): void {
  for (const { key, value } of stage.one.spec.clients)
    if (value.from === from) stage.loads.find(({ name }) => name === key.value)!.start();
}

function isReady(stage: Stage): boolean {
  const { driver, world } = stage;
  for (let index = 0; index < world.shape.gateways; index++) if (!driver.isProxyReady(index)) return false;
  const rolled = driver.list('deployments.apps').every((deployment) => isRolled(driver, deployment));
  return rolled && driver.isServed().served;
}

/** By then every process of the world has begun, so that faults find what they are aimed at. */
const begunMs = 1;
/** What was just made has to be seen by the cluster before it can be said to be ready. */
const noticedMs = 500;
/**
 * What changed in the last three seconds counts as changing (P08). A scenario begins when the world is at rest, so that what is
 * judged is its own doing on every backend, and not how fast the pods and processes of its beginning came up.
 */
const restMs = 3_200;
/** Clients go on for so long before the first step, so that it meets connections that are in use. */
const leadMs = 500;

/** All is served as it should be, and no endpoint has come or gone for a while. */
function atRest(stage: Stage): Awaited {
  const { driver } = stage;
  let seen = '';
  let sinceMs = driver.nowMs();
  return {
    text: 'the world to be ready',
    isMet() {
      const slices = driver.list('endpointslices.discovery.k8s.io');
      const versions = slices.map(({ metadata }) => metadata.resourceVersion).join();
      if (versions !== seen) sinceMs = driver.nowMs();
      seen = versions;
      return driver.nowMs() - sinceMs >= restMs && isReady(stage);
    },
  };
}

/** From the first step to the moment when nothing goes on any more that the scenario began. */
export function perform(stage: Stage, done: Next): void {
  const { driver, one } = stage;
  const end = (): void => {
    const restMs = Math.max(0, stage.faultsUntilMs - driver.nowMs());
    driver.after(restMs, () => {
      const tail = (): void => {
        for (const load of stage.loads) load.stop();
        done();
      };
      endFaults(
        stage,
        () => true,
        () => driver.after(tailMs, tail),
      );
    });
  };
  const [first, others] = splitSteps(one.spec.steps);
  const whenReady = (aheadMs: number): void => {
    if (stage.unmet === '') begin(stage, 'ready');
    driver.after(aheadMs, () => performSteps(stage, others, end));
  };
  const isCold = one.spec.world?.start === 'cold';
  const begun = (): void => {
    begin(stage, 'start');
    if (isCold) {
      whenReady(0);
      return;
    }
    driver.after(noticedMs, () => waitUntil(stage, atRest(stage), readyWithinMs, () => whenReady(leadMs)));
  };
  performSteps(stage, first, () => driver.begin(isCold, () => driver.after(begunMs, begun)));
}
