// A coordination.k8s.io/v1 Lease as the record that leader election reads and writes.

export interface LeaseRecord {
  /** '' = nobody. */
  readonly holder: string;
  readonly durationSeconds: number;
  readonly acquireTime: string;
  readonly renewTime: string;
  readonly transitions: number;
  readonly resourceVersion: string;
}

export interface LeaseName {
  readonly namespace: string;
  readonly name: string;
}

export function leasePath({ namespace, name }: LeaseName): string {
  return `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/${name}`;
}

export function leasesPath({ namespace }: LeaseName): string {
  return `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const number = (value: unknown): number => (Number.isSafeInteger(value) ? (value as number) : 0);

export function readLease(body: unknown): LeaseRecord {
  const { metadata, spec } = record(body);
  const fields = record(spec);
  return {
    holder: text(fields.holderIdentity),
    durationSeconds: number(fields.leaseDurationSeconds),
    acquireTime: text(fields.acquireTime),
    renewTime: text(fields.renewTime),
    transitions: number(fields.leaseTransitions),
    resourceVersion: text(record(metadata).resourceVersion),
  };
}

/** MicroTime, as the API wants it. */
export function microTime(wallMs: number): string {
  return new Date(wallMs).toISOString().replace('Z', '000Z');
}

export function writeLease({ namespace, name }: LeaseName, lease: LeaseRecord): Record<string, unknown> {
  const version = lease.resourceVersion === '' ? {} : { resourceVersion: lease.resourceVersion };
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name, namespace, ...version },
    spec: {
      holderIdentity: lease.holder,
      leaseDurationSeconds: lease.durationSeconds,
      ...(lease.acquireTime === '' ? {} : { acquireTime: lease.acquireTime }),
      renewTime: lease.renewTime,
      leaseTransitions: lease.transitions,
    },
  };
}
