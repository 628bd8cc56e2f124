// A bundle: what a cluster, its gateways and their traffic looked like at one moment, in one file that may leave the cluster.
// gzip of one JSON document; docs/bundles.md describes every field.
import { gunzipSync, gzipSync } from 'node:zlib';
import type { KubeObject } from '../../kube/object.ts';
import { CommandError, exitBadInput } from '../exit-codes.ts';

export const bundleFormat = 'tidegate-bundle';
export const bundleVersion = 1;

export const limits = {
  objectsOfKind: 20_000,
  events: 500,
  metricsBytes: 4 * 1024 * 1024,
  logLines: 1_000,
  logBytes: 256 * 1024,
  /** Of the document, before it is compressed. */
  bytes: 256 * 1024 * 1024,
} as const;

export interface GatewayState {
  readonly url: string;
  /** '' where it did not say. */
  readonly configId: string;
  /** Prometheus' text, at the end of the time over which rates were counted. */
  readonly metrics: string;
  /** Why there is less of it than there should be; '' = it is whole. */
  readonly missing: string;
}

/** Requests that one route answered over the time of observation, all gateways together. */
export interface RouteRate {
  /** Name of the Kong route, as in docs/compatibility.md. */
  readonly route: string;
  readonly perSecond: number;
}

export interface Bundle {
  readonly format: typeof bundleFormat;
  readonly version: typeof bundleVersion;
  readonly collectedAt: string;
  readonly versions: { readonly tidegate: string; readonly node: string; readonly kubernetes: string };
  /** Without status of writers, managed fields and secret data. */
  readonly objects: readonly KubeObject[];
  readonly events: readonly unknown[];
  readonly gateways: readonly GatewayState[];
  readonly observedSeconds: number;
  readonly rates: readonly RouteRate[];
  readonly logs: readonly { readonly source: string; readonly lines: readonly string[] }[];
  /** What could not be had, or was left out at a limit, each a sentence. */
  readonly missing: readonly string[];
}

export function packBundle(bundle: Bundle): Buffer {
  const text = JSON.stringify(bundle);
  if (text.length > limits.bytes)
    throw new CommandError(
      exitBadInput,
      `the bundle would have ${text.length} bytes, more than ${limits.bytes}: choose namespaces with --namespace`,
    );
  return gzipSync(text);
}

/** Throws a CommandError (65) that says what is wrong with the file. */
export function unpackBundle(bytes: Buffer, path: string): Bundle {
  const bad = (why: string): CommandError => new CommandError(exitBadInput, `${path}: ${why}`);
  let value: Partial<Bundle> | null;
  try {
    const text = gunzipSync(bytes, { maxOutputLength: limits.bytes }).toString('utf8');
    value = JSON.parse(text) as Partial<Bundle> | null;
  } catch (error) {
    throw bad(`it is no bundle (${(error as Error).message})`);
  }
  if (value?.format !== bundleFormat) throw bad('it is no bundle; tidegate collect writes them');
  if (value.version !== bundleVersion)
    throw bad(`it is a bundle of version ${String(value.version)}; this program reads ${bundleVersion}`);
  for (const member of ['objects', 'rates', 'gateways', 'events', 'logs', 'missing'] as const)
    if (!Array.isArray(value[member])) throw bad(`${member} is no list`);
  const odd = value.objects!.findIndex(
    (object) =>
      typeof object?.apiVersion !== 'string' ||
      typeof object.kind !== 'string' ||
      typeof object.metadata?.name !== 'string',
  );
  if (odd >= 0) throw bad(`objects[${odd}] is no Kubernetes object`);
  return value as Bundle;
}
