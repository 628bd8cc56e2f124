// Which of a pod's ports a Service's ports mean: numbers as they are, names looked up per pod.
import { type Pod, portMapAnnotation, type Service } from './kinds.ts';

export interface EndpointPort {
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
  readonly appProtocol?: string;
}

/** A named port that the pod does not have leaves that port out for this pod only. */
export function resolvePorts(service: Service, pod: Pod): readonly EndpointPort[] {
  const resolved: EndpointPort[] = [];
  const moved = movedPorts(pod);
  for (const port of service.spec.ports ?? []) {
    const protocol = port.protocol ?? 'TCP';
    const number = targetNumber(port.targetPort ?? port.port, protocol, pod) ?? null;
    if (number === null) continue;
    const declared = number === 0 ? port.port : number;
    resolved.push({
      name: port.name ?? '',
      port: moved[declared] ?? declared,
      protocol,
      ...(port.appProtocol === undefined ? {} : { appProtocol: port.appProtocol }),
    });
  }
  return resolved;
}

function movedPorts(pod: Pod): Readonly<Record<number, number>> {
  const text = pod.metadata.annotations?.[portMapAnnotation];
  if (text === undefined) return {};
  const moved: Record<number, number> = {};
  for (const match of text.matchAll(/"(\d{1,5})":(\d{1,5})/g)) moved[Number(match[1])] = Number(match[2]);
  return moved;
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
