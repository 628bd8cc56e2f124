// Where a pod's ports really are. Normally the pod has an address of its own and every port is itself; where a port cannot
// be had there (a system with only 127.0.0.1, a privileged port, a program on 0.0.0.0) it moves, and the map says where.
import type { Tcp } from '../../src/ports/tcp.ts';
import type { Pod, Probe } from '../cluster/controllers/kinds.ts';
import type { AddressPool } from './addresses.ts';

export interface PortPlan {
  readonly address: string;
  /** Declared port -> real port, only for those that differ. */
  readonly moved: ReadonlyMap<number, number>;
  release(): void;
}

/** A container that declares nothing still answers somewhere. */
const defaultPort = 8080;
const addressTriesMax = 16;
const sharedAddress = '127.0.0.1';

function probePorts(probe: Probe | undefined): readonly (number | string | undefined)[] {
  const grpc = probe?.['grpc'] as { readonly port?: number } | undefined;
  return [probe?.httpGet?.port, probe?.tcpSocket?.port, grpc?.port];
}

/** TCP ports that a container of the pod declares or is probed on. */
export function containerPorts(pod: Pod, containerName: string): readonly number[] {
  const container = pod.spec.containers.find((candidate) => candidate.name === containerName);
  const ports = new Set<number>();
  for (const port of container?.ports ?? [])
    if ((port.protocol ?? 'TCP') === 'TCP') ports.add(port.containerPort);
  for (const probe of [container?.readinessProbe, container?.livenessProbe, container?.startupProbe]) {
    for (const port of probePorts(probe)) if (typeof port === 'number') ports.add(port);
  }
  if (ports.size === 0 && pod.spec.containers[0]?.name === containerName) ports.add(defaultPort);
  return [...ports];
}

export function podPorts(pod: Pod, extra: readonly number[]): readonly number[] {
  const ports = new Set(pod.spec.containers.flatMap((container) => containerPorts(pod, container.name)));
  for (const port of extra) ports.add(port);
  return [...ports];
}

/** Finds an address on which all ports can be listened on, moving single ports only when there is no other way. */
export function planPorts(
  tcp: Tcp,
  pool: AddressPool,
  ports: readonly number[],
  done: (error: string | null, plan: PortPlan | null) => void,
): void {
  tryAddress(0);

  function tryAddress(tries: number): void {
    const address = pool.take();
    if (address === null) {
      done('no pod address is free', null);
      return;
    }
    const moved = new Map<number, number>();
    tryPort(0);

    function tryPort(index: number): void {
      const port = ports[index];
      if (port === undefined) {
        done(null, { address: address!, moved, release: () => pool.release(address!) });
        return;
      }
      bindOnce(tcp, address!, port, (error) => {
        if (error === null) tryPort(index + 1);
        else if (error === 'EADDRNOTAVAIL') {
          pool.release(address!);
          planShared(tcp, ports, done);
        } else if (error === 'EADDRINUSE' && tries < addressTriesMax) {
          pool.release(address!);
          tryAddress(tries + 1);
        } else
          movePort(tcp, address!, port, moved, (failure) => {
            if (failure === null) tryPort(index + 1);
            else {
              pool.release(address!);
              done(`port ${port} on ${address}: ${failure}`, null);
            }
          });
      });
    }
  }
}

function planShared(
  tcp: Tcp,
  ports: readonly number[],
  done: (error: string | null, plan: PortPlan | null) => void,
): void {
  const moved = new Map<number, number>();
  const next = (index: number): void => {
    const port = ports[index];
    if (port === undefined) {
      done(null, { address: sharedAddress, moved, release: () => {} });
      return;
    }
    movePort(tcp, sharedAddress, port, moved, (error) => {
      if (error === null) next(index + 1);
      else done(`a port of its own for ${port} on ${sharedAddress}: ${error}`, null);
    });
  };
  next(0);
}

function movePort(
  tcp: Tcp,
  address: string,
  port: number,
  moved: Map<number, number>,
  done: (error: string | null) => void,
): void {
  bindOnce(tcp, address, 0, (error, free) => {
    if (error === null) moved.set(port, free);
    done(error);
  });
}

/** Listens for a moment to learn whether the port can be had. */
function bindOnce(
  tcp: Tcp,
  host: string,
  port: number,
  done: (error: string | null, port: number) => void,
): void {
  tcp.listen(
    { host, port },
    () => null,
    (error, listener) => {
      if (listener === null) done(error ?? 'unknown', 0);
      else listener.close(() => done(null, listener.port));
    },
  );
}
