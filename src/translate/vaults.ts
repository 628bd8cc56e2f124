// KongVaults: where references to secrets are looked up, by a prefix that is one vault's alone.
import { oncePerObject } from '../base/once-per-object.ts';
import type { Result } from '../base/result.ts';
import type { Vault } from '../kong/entity.ts';
import { idOfName } from '../kong/ids.ts';
import type { FieldError } from '../kong/schema/field.ts';
import type { KongVault } from '../kube/kong-vault.ts';
import type { Problem } from '../kube/problem.ts';
import { objectKey } from '../kube/snapshot.ts';
import type { ConfigBuilder } from './builder.ts';
import { checked } from './check-entity.ts';
import { objectTags } from './names.ts';
import * as problems from './problems.ts';

const checkVault = oncePerObject((source: KongVault): Result<Vault, readonly FieldError[]> => {
  const { backend, prefix, description, config } = source.spec;
  return checked('vaults', {
    id: idOfName('vaults', prefix),
    name: backend,
    prefix,
    ...(description === '' ? {} : { description }),
    ...(config === null ? {} : { config }),
    tags: objectTags(source),
  });
});

/** What the gateway calls the kind of a vault is its backend here. */
function fieldOf(path: FieldError['path']): string {
  const [first, ...rest] = path;
  if (first === '@entity') return 'spec';
  return ['spec', first === 'name' ? 'backend' : first, ...rest].join('.');
}

export function addVaults(sources: readonly KongVault[], builder: ConfigBuilder): readonly Problem[] {
  const found: Problem[] = [];
  const owners = new Map<string, KongVault>();
  for (const source of sources) {
    const { prefix } = source.spec;
    const owner = owners.get(prefix);
    if (owner !== undefined) {
      found.push(problems.duplicateVault(source, prefix, objectKey(owner)));
      continue;
    }
    owners.set(prefix, source);
    const result = checkVault(source);
    if (result.ok) builder.add('vaults', result.value, [source]);
    else
      for (const { path, message } of result.error)
        found.push(problems.refusedVault(source, fieldOf(path), message));
  }
  return found;
}
