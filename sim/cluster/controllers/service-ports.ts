// Which of a pod's ports a Service's ports mean: numbers as they are, names looked up per pod.
import type { Pod, Service } from './kinds.ts';

export interface EndpointPort {
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
  readonly appProtocol?: string;
}

/** A named port that the pod does not have leaves that port out for this pod only. */
export function resolvePorts(service: Service, pod: Pod): readonly EndpointPort[] {
  const resolved: EndpointPort[] = [];
  for (const port of service.spec.ports ?? []) {
    const protocol = port.protocol ?? 'TCP';
    const number = targetNumber(port.targetPort ?? port.port, protocol, pod) ?? null;
    if (number === null) continue;
    resolved.push({
      name: port.name ?? '',
      port: number === 0 ? port.port : number,
      protocol,
      ...(port.appProtocol === undefined ? {} : { appProtocol: port.appProtocol }),
    });
  }
  return resolved;
}

function targetNumber(target: number | string, protocol: string, pod: Pod): number | undefined {
  if (typeof target === 'number') return target;
  for (const container of pod.spec.containers) {
    for (const port of container.ports ?? []) {
      if (port.name === target && (port.protocol ?? 'TCP') === protocol) return port.containerPort;
    }
  }
  return undefined;
}
