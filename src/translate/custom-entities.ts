// KongCustomEntities for us do nothing, and their owners are told.
import type { KongCustomEntity } from '../kube/kong-custom-entity.ts';
import type { Problem } from '../kube/problem.ts';
import { foreignCustomEntity, unsupportedCustomEntity } from './problems.ts';

export function refuseCustomEntities(
  sources: readonly KongCustomEntity[],
  className: string,
  ignored: Problem[],
): readonly Problem[] {
  const found: Problem[] = [];
  for (const source of sources) {
    const { type, controllerName } = source.spec;
    if (controllerName === className) found.push(unsupportedCustomEntity(source, type));
    else ignored.push(foreignCustomEntity(source, controllerName, className));
  }
  return found;
}
