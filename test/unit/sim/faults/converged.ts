// What the gateways of a history should serve at its end, worked out from nothing but the objects that are there then, and
// where they differ from it.
import type { History } from '../../../../sim/history/run.ts';
import { gatewayPlace } from '../../../../sim/world/places.ts';
import { watchedKinds } from '../../../../src/kube/kinds.ts';
import { createStore } from '../../../../src/store/store.ts';
import { defaultOptions } from '../../../../src/translate/options.ts';
import { translate } from '../../../../src/translate/translate.ts';

function finalConfigId({ objects }: History): string {
  const store = createStore();
  for (const { apiVersion, kind, group, plural } of watchedKinds) {
    const resource = group === '' ? plural : `${plural}.${group}`;
    store.apply({
      type: 'replaceKind',
      apiVersion,
      kind,
      objects: objects.get(resource) ?? [],
      revision: '0',
    });
  }
  return translate(store.snapshot(), defaultOptions, null).config.id;
}

/** Empty when every worker of every gateway serves what the objects ask for. */
export function leftBehind(history: History): readonly string[] {
  const { plan, evidence } = history;
  const wanted = finalConfigId(history);
  const problems: string[] = [];
  for (let index = 0; index < plan.world.gateways; index++) {
    const { name } = gatewayPlace(index);
    const config = evidence.configs.findLast(({ gateway }) => gateway === name)?.config;
    if (config?.id !== wanted) problems.push(`${name} has ${config?.id}, not ${wanted}`);
    for (let worker = 0; worker < plan.world.workers; worker++) {
      const swap = evidence.swaps.findLast((one) => one.gateway === name && one.worker === worker);
      if (swap?.configId !== wanted)
        problems.push(`${name}/worker-${worker} serves ${swap?.configId}, not ${wanted}`);
    }
  }
  return problems;
}
