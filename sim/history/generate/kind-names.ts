// Which kinds of objects a simulated cluster knows, and under which resource it keeps them.
import { builtInDefinitions } from '../../cluster/resources/built-in.ts';
import type { KindNames } from './manifest-world.ts';

interface Definition {
  readonly spec: {
    readonly group: string;
    readonly scope: string;
    readonly names: { readonly kind: string; readonly plural: string };
    readonly versions: readonly { readonly name: string }[];
  };
}

/** The kinds that simulated clusters know: the built-in ones and the custom ones that the product reads. */
export function kindNames(crds: readonly unknown[]): KindNames {
  const known = new Map<string, { readonly resource: string; readonly namespaced: boolean }>();
  for (const { group, version, kind, plural, namespaced } of builtInDefinitions()) {
    const resource = group === '' ? plural : `${plural}.${group}`;
    known.set(`${group === '' ? version : `${group}/${version}`} ${kind}`, { resource, namespaced });
  }
  for (const { spec } of crds as readonly Definition[])
    for (const { name } of spec.versions)
      known.set(`${spec.group}/${name} ${spec.names.kind}`, {
        resource: `${spec.names.plural}.${spec.group}`,
        namespaced: spec.scope === 'Namespaced',
      });
  return { resourceOf: (apiVersion, kind) => known.get(`${apiVersion} ${kind}`) ?? null };
}
