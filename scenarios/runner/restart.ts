// `restart`: proxies as a Deployment rolls them, controllers by a crash, Deployments by a rollout.

import type { WorldShape } from '../../sim/history/plan.ts';
import { restartPatch } from '../compile/changes.ts';
import { type AimedEntry, hostOf } from '../compile/fault-entry.ts';
import { parseObjectName } from '../language/kinds.ts';
import { isRolled, proxyIndex } from './conditions.ts';
import { operate } from './operations.ts';
import { injectAimed, type Stage } from './stage.ts';
import { waitUntil } from './waiting.ts';

/** The load balancer hears that a proxy is on its way out so long before the proxy is told to end: a preStop hook. */
const noticeMs = 1_000;
const drainMs = 2_000;
/** From SIGTERM to the next process. */
const awayMs = 3_000;
const backWithinMs = 30_000;
const rolledWithinMs = 120_000;

const controllerAwayMs = 1_000;
/** What a controller needs from its start to its first round. */
const controllerBackMs = 1_500;

/** The fault that the restart of a process is made of. */
export function restartFault(target: string, { mode }: WorldShape, ofController = false): AimedEntry {
  if (!ofController)
    return { fault: 'terminate-gateway', target, parameters: { drainMs }, when: null, lastsMs: awayMs };
  const fault = mode === 'split' ? 'crash-controller' : 'controller-error';
  const lastsMs = mode === 'split' ? controllerAwayMs : 0;
  return { fault, target, parameters: {}, when: null, lastsMs };
}

function restartProxy(stage: Stage, name: string, next: () => void): void {
  const { driver, balancer } = stage;
  const index = proxyIndex(name);
  const target = `gateway-${index + 1}`;
  balancer.take(index, true);
  driver.after(noticeMs, () => {
    injectAimed(stage, restartFault(target, stage.world.shape), false, () => {
      driver.after(awayMs + 1, () => {
        const back = { text: `${name} ready`, isMet: () => driver.isProxyReady(index) };
        waitUntil(stage, back, backWithinMs, () => {
          balancer.take(index, false);
          next();
        });
      });
    });
  });
}

function restartController(stage: Stage, host: string, next: () => void): void {
  const fault = restartFault(host, stage.world.shape, true);
  injectAimed(stage, fault, false, () => stage.driver.after(fault.lastsMs + controllerBackMs, next));
}

function restartDeployment(stage: Stage, text: string, at: number, next: () => void): void {
  const name = parseObjectName(text);
  const object =
    typeof name === 'string' ? null : stage.driver.read(name.resource, name.namespace, name.name);
  if (typeof name === 'string' || object === null) {
    stage.one.complain(at, typeof name === 'string' ? name : `there is no ${text} at this time`);
    next();
    return;
  }
  const body = restartPatch(`at ${stage.driver.nowMs()}`);
  const { resource, namespace } = name;
  const isMet = (): boolean => isRolled(stage.driver, stage.driver.read(resource, namespace, name.name));
  operate(stage, { verb: 'merge', resource, namespace, name: name.name, body }, () => {
    // The Deployment first has to notice.
    stage.driver.after(100, () =>
      waitUntil(stage, { text: `${text} rolled out`, isMet }, rolledWithinMs, next),
    );
  });
}

/** 'controller' stands for all of them. */
export function restartNames(what: string, shape: WorldShape): readonly string[] {
  const { mode, controllers, gateways } = shape;
  if (what !== 'controller') return [what];
  const count = mode === 'split' ? controllers : gateways;
  return Array.from({ length: count }, (_, index) => `controller-${index + 1}`);
}

/** One after the other. */
export function restartAll(stage: Stage, names: readonly string[], at: number, next: () => void): void {
  const all = names.flatMap((what) => restartNames(what, stage.world.shape));
  const step = (index: number): void => {
    const name = all[index];
    if (name === undefined || stage.unmet !== '') {
      next();
      return;
    }
    const after = (): void => step(index + 1);
    const host = hostOf(name, stage.world.shape);
    if (name.startsWith('deployment/')) restartDeployment(stage, name, at, after);
    else if (host === null || !stage.driver.isAlive(host)) {
      stage.one.complain(at, `there is no ${name} in this world`);
      after();
    } else if (name.startsWith('proxy-')) restartProxy(stage, name, after);
    else restartController(stage, host, after);
  };
  step(0);
}
