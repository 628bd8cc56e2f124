// PodDisruptionBudgets: their status follows the pods that they select. Who evicts asks for the numbers of the moment.
import { budgetOf, selects } from '../disruption-budget.ts';
import { formatTime } from '../timestamp.ts';
import { type Controller, type ControllerPorts, createFrame, ownKey, writeStatus } from './controller.ts';
import type { Condition } from './kinds.ts';
import { keyOf, splitKey } from './queue.ts';

const resource = 'poddisruptionbudgets.policy';

export function startDisruptionController(ports: ControllerPorts): Controller {
  const frame = createFrame(ports, 'disruption', (key) => {
    const { namespace, name } = splitKey(key);
    const budget = frame.store.get(resource, namespace, name);
    if (budget === null) return null;
    const numbers = budgetOf(frame.store, budget);
    const isAllowed = numbers.disruptionsAllowed > 0;
    const known = (budget.status?.['conditions'] ?? []) as readonly Condition[];
    const status = isAllowed ? 'True' : 'False';
    const before = known.find(({ type }) => type === 'DisruptionAllowed');
    const condition = {
      type: 'DisruptionAllowed',
      status,
      observedGeneration: budget.metadata.generation ?? 1,
      reason: isAllowed ? 'SufficientPods' : 'InsufficientPods',
      message: '',
      lastTransitionTime:
        before?.status === status ? before.lastTransitionTime : formatTime(frame.clock.wallMs()),
    };
    const observedGeneration = budget.metadata.generation ?? 1;
    return writeStatus(frame.store, resource, budget, {
      ...numbers,
      observedGeneration,
      conditions: [condition],
    });
  });
  frame.watch(resource, ownKey);
  frame.watch('pods', (pod, previous) => {
    const { namespace = '' } = pod.metadata;
    const budgets = frame.store.list(resource, { namespace });
    return budgets
      .filter((budget) => selects(budget, pod) || (previous !== null && selects(budget, previous)))
      .map(keyOf);
  });
  return frame;
}
