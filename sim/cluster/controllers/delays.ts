// The arrows of the pipeline, each with a latency that the simulator can stretch. Everything is immediate by default.

export type Arrow =
  | 'deployment'
  | 'replica-set'
  | 'stateful-set'
  | 'daemon-set'
  | 'job'
  | 'endpoint-slice'
  | 'endpoints'
  | 'disruption'
  | 'namespace'
  | 'garbage-collector'
  | 'service'
  | 'node-health'
  | 'service-account'
  | 'scheduler'
  | 'kubelet-watch'
  | 'kubelet-status'
  | 'image-pull'
  | 'container-start'
  /** How long a kubelet takes to see that a container started or ended (it looks once a second). */
  | 'container-notice';

/** Milliseconds from the moment something is noticed to the moment it is acted on; called once per key and notice. */
export type Delays = Readonly<Partial<Record<Arrow, (key: string) => number>>>;

export function delayOf(delays: Delays | undefined, arrow: Arrow): (key: string) => number {
  return delays?.[arrow] ?? (() => 0);
}
