// P33: translation is a function. Two configs made from the same objects are the same config, whoever made them in whichever
// order; and a gateway is not told again what it has.
import { emptyConfig } from '../../src/kong/config.ts';
import type { ConfigRecord, Evidence } from '../evidence/evidence.ts';
import type { Judgement, Property, Violation } from './property.ts';
import { gatewayNames, livesOf } from './reading/hosts.ts';
import { createPast } from './reading/past.ts';
import { versionOf, versionsOf, watchedResources } from './reading/view.ts';
import { resourceOf } from './reading/writes.ts';

/** By what they were made from: the last change of each resource that was seen. */
function judgeConfigs({ configs, store }: Evidence): Judgement {
  const past = createPast(store);
  const byView = new Map<string, { readonly id: string; readonly gateway: string }>();
  let premises = 0;
  const violations: Violation[] = [];
  for (const record of configs) {
    if (versionsOf(record) === null) continue;
    const view = watchedResources
      .map((resource) => past.lastChange(resource, versionOf(record, resource))?.version ?? 0)
      .join();
    const known = byView.get(view);
    if (known === undefined) {
      byView.set(view, { id: record.config.id, gateway: record.gateway });
      continue;
    }
    premises++;
    if (known.id !== record.config.id)
      violations.push({
        atUs: record.atUs,
        message: `${record.gateway} got config ${record.config.id}, ${known.gateway} got ${known.id}, from the same objects`,
        witnesses: [record.gateway, known.gateway],
      });
  }
  return { premises, violations };
}

/**
 * Pushes that were taken although they changed nothing, but for the first of a gateway's life. A gateway that has nothing says
 * the same as one that was never configured, so it is told again.
 */
function judgePushes(
  { pushes, configs, faults }: Evidence,
  gateway: string,
  bornUs: number,
  endUs: number,
): Judgement {
  const ofLife = pushes.filter(
    (push) => push.gateway === gateway && push.sentUs >= bornUs && push.sentUs < endUs,
  );
  const taken = ofLife.filter(({ status }) => status >= 200 && status < 300).slice(1);
  const currentAt = (atUs: number): ConfigRecord | undefined =>
    configs.findLast((config) => config.gateway === gateway && config.atUs <= atUs && config.atUs >= bornUs);
  const hasNothing = (atUs: number): boolean => {
    const current = currentAt(atUs);
    return current === undefined || current.config.id === emptyConfig.id;
  };
  // What a gateway has that names configs otherwise nobody can tell but who gave it, nor what it took under another name.
  const namesOtherwise = (atUs: number): boolean =>
    faults
      .filter(({ fault, target }) => fault === 'older-gateway' && target === gateway)
      .some(({ fromUs, toUs }) =>
        [atUs, currentAt(atUs)?.atUs ?? -1].some((us) => us >= fromUs && us <= toUs),
      );
  const violations = taken
    .filter(({ sentUs }) => !hasNothing(sentUs) && !namesOtherwise(sentUs))
    .filter(
      ({ sentUs, endUs: doneUs }) =>
        doneUs !== -1 &&
        !configs.some(
          (config) => config.gateway === gateway && config.atUs >= sentUs && config.atUs <= doneUs,
        ),
    )
    .map(({ host, sentUs, method }) => ({
      atUs: sentUs,
      message: `${host} sent ${gateway} a config by ${method} that it had already`,
      witnesses: [host, gateway],
    }));
  return { premises: taken.length, violations };
}

export const oneTranslation: Property = {
  id: 'P33',
  name: 'the same objects give the same config',
  promise:
    'What gateways run follows from the objects in the cluster alone, and nothing is pushed that changes nothing.',
  type: 'safety',
  judge(evidence, circumstances) {
    // What a gateway refused is left out of later configs, and what its workers could not build is taken back.
    // A kind that is not installed has no objects, whatever its version says.
    const isRefused =
      evidence.calls.some((call) => call.status === 404 && resourceOf(call) !== '') ||
      evidence.pushes.some(({ status }) => status === 400) ||
      evidence.errors.some(({ message }) => message === 'worker failed');
    const parts = isRefused ? [] : [judgeConfigs(evidence)];
    const lives = livesOf(evidence);
    for (const gateway of gatewayNames(circumstances))
      for (const { host, fromUs, toUs } of lives)
        if (host === gateway) parts.push(judgePushes(evidence, gateway, fromUs, toUs));
    return {
      premises: parts.reduce((sum, { premises }) => sum + premises, 0),
      violations: parts.flatMap(({ violations }) => violations),
    };
  },
};
