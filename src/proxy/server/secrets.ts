// Secrets in the place of references to vaults (`{vault://env/NAME}`), on their way from the config to the workers. The config
// itself, and so all that shows it, goes on with the references.
import { checkEntity } from '../../kong/check.ts';
import type { GatewayConfig } from '../../kong/config.ts';
import type { Delta } from '../../kong/delta.ts';
import type { Certificate, Entity, EntityType, Vault } from '../../kong/entity.ts';
import { firstReference, replaceReferences } from '../../kong/references.ts';
import { parseReference, type VaultReference } from '../../kong/vault-reference.ts';
import type { Log } from '../../ports/log.ts';

/** Where references to the vault `env` are looked up. */
export interface Environment {
  /** Of variables where neither the reference nor its Vault says it; '' = none. */
  readonly prefix: string;
  lookUp(variable: string): string | null;
}

/** Nothing answers. */
export const noEnvironment: Environment = { prefix: '', lookUp: () => null };

export interface Secrets {
  /** What the workers get: with all that refers to a vault that has changed. */
  resolve(config: GatewayConfig, delta: Delta): Delta;
  /** As it is shown to others; null: nothing answers to its references. */
  certificate(config: GatewayConfig, certificate: Certificate): Certificate | null;
}

/** Entities whose references are followed. */
const referring: readonly EntityType[] = ['certificates', 'plugins'];
const kind = 'env';
/** Of the version before the current one, as Kong names it. */
const previous = 2;

function settingsOf(
  { settings }: VaultReference,
  vault: Vault | null,
  prefix: string,
): { prefix: string; isBase64: boolean } {
  return {
    prefix: settings.get('prefix') ?? vault?.config.prefix ?? prefix,
    isBase64: (settings.get('base64_decode') ?? String(vault?.config.base64_decode ?? false)) === 'true',
  };
}

/** A field of a secret that is a JSON object. */
function fieldOf(text: string, key: string): string | null {
  try {
    const value = (JSON.parse(text) as Readonly<Record<string, unknown>>)[key];
    return typeof value === 'string' ? value : null;
  } catch {
    return null;
  }
}

/** null: nothing answers. */
export function secretOf(
  text: string,
  vaults: ReadonlyMap<string, Vault>,
  environment: Environment,
): string | null {
  const reference = parseReference(text);
  if (reference === null) return null;
  const vault = vaults.get(reference.vault) ?? null;
  if (vault === null && reference.vault !== kind) return null;
  const { prefix, isBase64 } = settingsOf(reference, vault, environment.prefix);
  const suffix = reference.version === previous ? '_PREVIOUS' : '';
  const variable = `${prefix}${reference.resource}${suffix}`.replaceAll('-', '_').toUpperCase();
  const found = environment.lookUp(variable);
  if (found === null) return null;
  const value = isBase64 ? Buffer.from(found, 'base64').toString('utf8') : found;
  return reference.key === null ? value : fieldOf(value, reference.key);
}

const sentence = 'a reference to a vault gives nothing that can be used';

interface Followed {
  readonly entity: Entity;
  /** null: all is well. */
  readonly failure: { readonly missing: readonly string[]; readonly fields: readonly string[] } | null;
}

export function createSecrets(environment: Environment, log: Log): Secrets {
  /** All references of an entity, or none: half of them would be another certificate. */
  const follow = (type: EntityType, entity: Entity, vaults: ReadonlyMap<string, Vault>): Followed => {
    const missing: string[] = [];
    const next = replaceReferences(type, entity, (reference) => {
      const value = secretOf(reference, vaults, environment);
      if (value === null) missing.push(reference);
      return value ?? reference;
    });
    if (next === entity) return { entity, failure: null };
    if (missing.length > 0) return { entity, failure: { missing, fields: [] } };
    const checked = checkEntity(type, next);
    if (checked.ok) return { entity: next, failure: null };
    // The sentence about a wrong value may quote it: only the field is told.
    return { entity, failure: { missing, fields: checked.error.map(({ field }) => field) } };
  };

  const vaultsOf = (config: GatewayConfig): ReadonlyMap<string, Vault> =>
    new Map([...config.entities.vaults.values()].map((vault) => [vault.prefix, vault]));

  const resolved = (type: EntityType, entity: Entity, vaults: ReadonlyMap<string, Vault>): Entity => {
    const { failure, entity: next } = follow(type, entity, vaults);
    if (failure !== null) {
      const [missing, fields] = [failure.missing.join(', '), failure.fields.join(', ')];
      log.error(sentence, { type, id: entity.id, missing, fields });
    }
    return next;
  };

  return {
    resolve(config, delta) {
      const touchesVaults =
        delta.upsert.some(({ type }) => type === 'vaults') ||
        delta.remove.some(({ type }) => type === 'vaults');
      const holds = ({ type, entity }: Delta['upsert'][number]): boolean =>
        firstReference(type, entity) !== null;
      if (!touchesVaults && !delta.upsert.some(holds)) return delta;
      const vaults = vaultsOf(config);
      const upsert = [...delta.upsert];
      if (touchesVaults) {
        const given = new Set(upsert.map(({ entity }) => entity.id));
        for (const type of referring)
          for (const entity of config.entities[type].values() as Iterable<Entity>)
            if (!given.has(entity.id) && firstReference(type, entity) !== null) upsert.push({ type, entity });
      }
      return {
        ...delta,
        upsert: upsert.map(({ type, entity }) => ({ type, entity: resolved(type, entity, vaults) })),
      };
    },
    certificate(config, certificate) {
      const next = follow('certificates', certificate, vaultsOf(config));
      return next.failure === null ? (next.entity as Certificate) : null;
    },
  };
}
