// How the simulated kubelet runs containers: it asks for a process with an address and hears when it ends. In `dev` a
// process is a small server on a loopback address of its own; in the simulator it is a host.
import type { StoredObject } from './store-api.ts';

export interface RunningPod {
  /** Pod IP; on loopback '127.x.y.z'. */
  readonly address: string;
  /** Declared port -> real port on `address`, for ports that could not be had there; normally empty. */
  readonly portMap?: Readonly<Record<string, number>>;
  /** Starts or restarts one container; `onExit` is called when it ends by itself or after a signal. */
  startContainer(name: string, onExit: (exitCode: number) => void): void;
  /** SIGTERM; the container ends when it has drained by its own rules. */
  terminate(name: string): void;
  /** SIGKILL. */
  kill(name: string): void;
  /** One httpGet, tcpSocket or exec probe; `done(true)` on success. Failure on timeout is the caller's business. */
  probe(container: string, probe: Readonly<Record<string, unknown>>, done: (ok: boolean) => void): void;
  /** Log text of a container since it was started; `previous` asks for the run before this one. */
  logs(container: string, previous?: boolean): string;
  /** Lines of all its runs from the given one on that are still kept; `next` is the number of the one to come. */
  logLines(container: string, from: number): { readonly lines: readonly string[]; readonly next: number };
  /** Called when the pod object is gone: release the address. */
  dispose(): void;
}

export interface PodRunner {
  /** `failed` when no address can be had. */
  run(pod: StoredObject, done: (error: string | null, running: RunningPod | null) => void): void;
}
