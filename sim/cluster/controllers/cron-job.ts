// CronJob: stored and shown, never run. Whoever creates one is told so, and how to run its job once.
import { type Controller, type ControllerPorts, createFrame, ownKey } from './controller.ts';
import { splitKey } from './queue.ts';

const resource = 'cronjobs.batch';

export function startCronJobController(ports: ControllerPorts): Controller {
  const frame = createFrame(ports, 'job', (key) => {
    const { namespace, name } = splitKey(key);
    const object = frame.store.get(resource, namespace, name);
    if (object === null) return null;
    const once = `kubectl create job ${name}-once --from=cronjob/${name} -n ${namespace}`;
    const message = `Stored only: this cluster keeps no schedules. Run it once with: ${once}`;
    frame.events.warning(object, 'ScheduleNotRun', message);
    return null;
  });
  frame.watch(resource, (object, previous) => (previous === null ? ownKey(object) : []));
  return frame;
}
