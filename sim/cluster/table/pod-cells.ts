// The row of a pod: the status word takes into account what its containers wait for or ended with.
import { arrayOf, at, recordOf, textAt } from '../json.ts';
import type { StoredObject } from '../store-api.ts';
import { age, since } from './cells.ts';

function containerWord(status: unknown): string {
  const waiting = textAt(status, 'state', 'waiting', 'reason');
  if (waiting !== '') return waiting;
  const terminated = at(status, 'state', 'terminated');
  if (terminated === undefined) return '';
  const reason = textAt(terminated, 'reason');
  if (reason !== '') return reason;
  const signal = at(terminated, 'signal');
  return signal ? `Signal:${signal}` : `ExitCode:${at(terminated, 'exitCode') ?? 0}`;
}

function statusWord(object: StoredObject, statuses: readonly unknown[]): string {
  let word = textAt(object, 'status', 'reason') || textAt(object, 'status', 'phase');
  let running = false;
  for (const status of [...statuses].reverse()) {
    const own = containerWord(status);
    if (own !== '') word = own;
    else if (at(status, 'state', 'running') !== undefined && at(status, 'ready') === true) running = true;
  }
  if (word === 'Completed' && running) {
    const ready = arrayOf(at(object, 'status', 'conditions')).some(
      (item) => textAt(item, 'type') === 'Ready' && textAt(item, 'status') === 'True',
    );
    word = ready ? 'Running' : 'NotReady';
  }
  if (object.metadata.deletionTimestamp === undefined) return word;
  return textAt(object, 'status', 'reason') === 'NodeLost' ? 'Unknown' : 'Terminating';
}

function restartsCell(statuses: readonly unknown[], nowMs: number): string {
  let restarts = 0;
  let last = '';
  for (const status of statuses) {
    restarts += Number(at(status, 'restartCount') ?? 0);
    const ended = textAt(status, 'lastState', 'terminated', 'finishedAt');
    if (ended > last) last = ended;
  }
  return restarts > 0 && last !== '' ? `${restarts} (${since(last, nowMs)} ago)` : String(restarts);
}

function gatesCell(object: StoredObject): string {
  const gates = arrayOf(object.spec?.['readinessGates']);
  if (gates.length === 0) return '<none>';
  const conditions = arrayOf(at(object, 'status', 'conditions')).map(recordOf);
  const passed = gates.filter((gate) =>
    conditions.some((one) => one['type'] === textAt(gate, 'conditionType') && one['status'] === 'True'),
  );
  return `${passed.length}/${gates.length}`;
}

export function podCells(object: StoredObject, nowMs: number): readonly unknown[] {
  const statuses = arrayOf(at(object, 'status', 'containerStatuses'));
  const total = arrayOf(object.spec?.['containers']).length;
  const ready = statuses.filter((status) => at(status, 'ready') === true).length;
  return [
    object.metadata.name,
    `${ready}/${total}`,
    statusWord(object, statuses),
    restartsCell(statuses, nowMs),
    age(object, nowMs),
    textAt(object, 'status', 'podIP') || '<none>',
    textAt(object, 'spec', 'nodeName') || '<none>',
    textAt(object, 'status', 'nominatedNodeName') || '<none>',
    gatesCell(object),
  ];
}
