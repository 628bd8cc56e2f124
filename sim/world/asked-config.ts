// The config that a controller makes of some objects, for whoever wants to know whether a gateway elsewhere serves it already.
import type { KubeObject } from '../../src/kube/object.ts';
import { createStore } from '../../src/store/store.ts';
import { defaultOptions } from '../../src/translate/options.ts';
import { translate } from '../../src/translate/translate.ts';

export function askedConfigId(objects: readonly KubeObject[], ingressClass: string): string {
  const store = createStore();
  for (const object of objects) store.apply({ type: 'upsert', object });
  return translate(store.snapshot(), { ...defaultOptions, ingressClass }, null).config.id;
}
