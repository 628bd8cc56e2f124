// `restart`: proxies as a Deployment rolls them, controllers by a crash, Deployments by a rollout.
import { restartPatch } from '../compile/changes.ts';
import { hostOf } from '../compile/fault-entry.ts';
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

function restartProxy(stage: Stage, name: string, next: () => void): void {
  const { driver, balancer } = stage;
  const index = proxyIndex(name);
  const target = `gateway-${index + 1}`;
  balancer.take(index, true);
  driver.after(noticeMs, () => {
    injectAimed(
      stage,
      { fault: 'terminate-gateway', target, parameters: { drainMs }, when: null, lastsMs: awayMs },
      false,
    );
    driver.after(awayMs + 1, () => {
      const back = { text: `${name} ready`, isMet: () => driver.isProxyReady(index) };
      waitUntil(stage, back, backWithinMs, () => {
        balancer.take(index, false);
        next();
      });
    });
  });
}

const controllerAwayMs = 1_000;
/** What a controller needs from its start to its first round. */
const controllerBackMs = 1_500;

function restartController(stage: Stage, host: string, next: () => void): void {
  const isSplit = stage.world.shape.mode === 'split';
  const fault = isSplit ? 'crash-controller' : 'controller-error';
  const lastsMs = isSplit ? controllerAwayMs : 0;
  injectAimed(stage, { fault, target: host, parameters: {}, when: null, lastsMs }, false);
  stage.driver.after(lastsMs + controllerBackMs, next);
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
  operate(stage, {
    verb: 'merge',
    resource: name.resource,
    namespace: name.namespace,
    name: name.name,
    body,
  });
  const isMet = (): boolean =>
    isRolled(stage.driver, stage.driver.read(name.resource, name.namespace, name.name));
  // The Deployment first has to notice.
  stage.driver.after(100, () =>
    waitUntil(stage, { text: `${text} rolled out`, isMet }, rolledWithinMs, next),
  );
}

function namesOf(stage: Stage, what: string): readonly string[] {
  const { mode, controllers, gateways } = stage.world.shape;
  if (what !== 'controller') return [what];
  const count = mode === 'split' ? controllers : gateways;
  return Array.from({ length: count }, (_, index) => `controller-${index + 1}`);
}

/** One after the other. */
export function restartAll(stage: Stage, names: readonly string[], at: number, next: () => void): void {
  const all = names.flatMap((what) => namesOf(stage, what));
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
