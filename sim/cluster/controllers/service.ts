// Services of type LoadBalancer get an address: on one machine that is the loopback, where the proxy listens.
import { type Controller, type ControllerPorts, createFrame, ownKey, writeStatus } from './controller.ts';
import { asService } from './kinds.ts';
import { splitKey } from './queue.ts';

export function startServiceController(ports: ControllerPorts, loadBalancerAddress: string): Controller {
  const frame = createFrame(ports, 'service', (key, { store }) => {
    const { namespace, name } = splitKey(key);
    const object = store.get('services', namespace, name);
    if (object === null) return null;
    const wanted = asService(object).spec.type === 'LoadBalancer';
    const has = (object.status?.['loadBalancer'] as { ingress?: unknown } | undefined)?.ingress !== undefined;
    if (wanted === has) return null;
    const loadBalancer = wanted ? { ingress: [{ ip: loadBalancerAddress, ipMode: 'VIP' }] } : {};
    return writeStatus(store, 'services', object, { ...object.status, loadBalancer });
  });
  frame.watch('services', ownKey);
  return frame;
}
