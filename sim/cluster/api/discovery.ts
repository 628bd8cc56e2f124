// What is served here: versions, groups and resources, in the plain form that every client understands.
import { kubernetesMajor, kubernetesMinor, kubernetesVersion } from '../kubernetes-version.ts';
import { apiVersionOf, type ResourceDefinition } from '../resource.ts';
import type { Store } from '../store.ts';
import { reviewKinds } from './reviews.ts';
import { compareVersions } from './version-order.ts';

export const versionDocument = {
  major: kubernetesMajor,
  minor: kubernetesMinor,
  gitVersion: kubernetesVersion,
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '2025-04-22T00:00:00Z',
  goVersion: 'none',
  compiler: 'none',
  platform: 'linux/amd64',
};

function groupDocument(group: string, definitions: readonly ResourceDefinition[]): Record<string, unknown> {
  const own = definitions.filter((definition) => definition.group === group);
  const names = [...new Set(own.map(({ version }) => version))].sort(compareVersions);
  const versions = names.map((version) => ({ groupVersion: `${group}/${version}`, version }));
  return { name: group, versions, preferredVersion: versions[0] };
}

function resourceRows(definition: ResourceDefinition): Record<string, unknown>[] {
  const { plural: name, kind, namespaced } = definition;
  const lists = {
    ...(definition.shortNames.length === 0 ? {} : { shortNames: definition.shortNames }),
    ...(definition.categories.length === 0 ? {} : { categories: definition.categories }),
  };
  const rows: Record<string, unknown>[] = [
    { name, singularName: definition.singular, namespaced, kind, verbs: definition.verbs, ...lists },
  ];
  const sub = (subresource: string, verbs: readonly string[], other: Record<string, unknown> = {}): void => {
    rows.push({ name: `${name}/${subresource}`, singularName: '', namespaced, kind, verbs, ...other });
  };
  if (definition.statusSubresource) sub('status', ['get', 'patch', 'update']);
  if (definition.scale)
    sub('scale', ['get', 'patch', 'update'], { group: 'autoscaling', version: 'v1', kind: 'Scale' });
  if (kind === 'Pod') {
    sub('log', ['get']);
    sub('eviction', ['create'], { group: 'policy', version: 'v1', kind: 'Eviction' });
  }
  if (kind === 'Namespace') sub('finalize', ['update']);
  return rows;
}

/** null: not a discovery path. */
export function discoveryDocument(store: Store, path: string): Record<string, unknown> | null {
  const match = /^\/(?:api|apis\/([^/]+))(?:\/([^/]+))?$/.exec(path);
  if (match === null && path !== '/apis') return null;
  const definitions = store.definitions();
  const groups = [
    ...new Set([
      ...definitions.map((definition) => definition.group),
      ...reviewKinds.map((one) => one.group),
    ]),
  ];
  const groupOf = (group: string): Record<string, unknown> => {
    const review = reviewKinds.find((one) => one.group === group);
    if (review === undefined) return groupDocument(group, definitions);
    const version = { groupVersion: `${group}/${review.version}`, version: review.version };
    return { name: group, versions: [version], preferredVersion: version };
  };
  if (path === '/api') {
    const serverAddressByClientCIDRs = [{ clientCIDR: '0.0.0.0/0', serverAddress: '' }];
    return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs };
  }
  if (path === '/apis') {
    const list = groups.filter((group) => group !== '').map(groupOf);
    return { kind: 'APIGroupList', apiVersion: 'v1', groups: list };
  }
  const [, group = '', version] = match ?? [];
  if (!groups.includes(group)) return null;
  if (version === undefined) return { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(group) };
  const own = definitions.filter(
    (definition) => definition.group === group && definition.version === version,
  );
  const rows = own.flatMap(resourceRows);
  for (const review of reviewKinds) {
    if (review.group !== group || review.version !== version) continue;
    rows.push({
      name: review.plural,
      singularName: review.kind.toLowerCase(),
      namespaced: review.namespaced,
      kind: review.kind,
      verbs: ['create'],
    });
  }
  if (rows.length === 0) return null;
  const groupVersion = own.length === 0 ? `${group}/${version}` : apiVersionOf(own[0]!);
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources: rows };
}
