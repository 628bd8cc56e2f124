// Checking one entity or one plugin's settings on its own, outside of a whole document.
import { fail, ok, type Result } from '../base/result.ts';
import type { EntityType } from './entity.ts';
import { pluginSchemas } from './plugins/index.ts';
import { allProtocols } from './plugins/protocols.ts';
import { type RouterFlavor, routerFlavorDefault } from './router-flavor.ts';
import { schemaOf } from './schema/entities.ts';
import type { FieldError, Filled } from './schema/field.ts';
import { ErrorList, fillRecord, isRecord } from './schema/fill.ts';
import * as messages from './schema/messages.ts';
import { vaultKinds } from './schema/vault.ts';

/** Fills a plugin's config; errors are reported below ['config'], those of the whole under ['@entity']. */
export function fillPluginConfig(name: string, config: unknown, errors: ErrorList): Filled {
  const schema = pluginSchemas.get(name);
  if (schema === undefined) {
    errors.add(['name'], messages.pluginNotEnabled(name));
    return {};
  }
  const isEmpty = config === undefined || config === null || (Array.isArray(config) && config.length === 0);
  if (!isEmpty && !isRecord(config)) {
    errors.add(['config'], messages.expectedType('record'));
    return {};
  }
  const raw: Filled = isEmpty ? {} : (config as Filled);
  const filled = fillRecord(schema.fields, schema.expand?.(raw) ?? raw, ['config'], errors);
  schema.crossCheck?.(
    filled,
    (path, message) => errors.replace(path[0] === '@entity' ? path : ['config', ...path], message),
    errors.rightFields(['config']),
  );
  return filled;
}

/** The settings with defaults filled in, or what is wrong: `field` is e.g. 'config.minute', 'name' or '@entity'. */
export function checkPluginConfig(name: string, config: unknown): Result<Filled, readonly FieldError[]> {
  const errors = new ErrorList();
  const filled = fillPluginConfig(name, config, errors);
  return errors.errors.length > 0 ? fail(errors.errors) : ok(filled);
}

/** What an entity is a kind of decides on its fields, so where that is wrong there is nothing else to say. */
function kindProblem(type: EntityType, given: Filled): readonly [field: string, message: string] | null {
  const { name, protocols } = given;
  if (type === 'plugins') {
    if (name === undefined || name === null) return ['name', messages.required()];
    if (typeof name === 'string' && !pluginSchemas.has(name))
      return ['name', messages.pluginNotEnabled(name)];
  }
  if (type === 'vaults' && typeof name === 'string' && !vaultKinds.includes(name))
    return ['name', messages.vaultNotInstalled(name)];
  if (type === 'routes' && protocols !== undefined) {
    if (protocols === null) return ['protocols', messages.required()];
    // A list is called by its first element, which an object has none of.
    const isObject = typeof protocols === 'object' && !Array.isArray(protocols);
    const named: readonly unknown[] = isObject ? [] : [protocols].flat();
    if (!named.some((protocol) => allProtocols.includes(protocol as string)))
      return [
        'protocols',
        messages.unknownType(typeof named[0] === 'object' ? 'table' : String(named[0] ?? 'nil')),
      ];
  }
  return null;
}

/** All fields of one entity; foreign keys stay as they were written (id or name). */
export function fillEntity(
  type: EntityType,
  given: Filled,
  allErrors: ErrorList,
  flavor: RouterFlavor = routerFlavorDefault,
): Record<string, unknown> {
  const problem = kindProblem(type, given);
  if (problem !== null) allErrors.add([problem[0]], problem[1]);
  const errors = problem === null ? allErrors : new ErrorList();
  const schema = schemaOf(type, flavor);
  const raw = schema.expand?.(given, (path, message) => errors.add(path, message)) ?? given;
  const filled = fillRecord(schema.fields, raw, [], errors);
  if (type === 'plugins' && typeof filled['name'] === 'string')
    filled['config'] = fillPluginConfig(filled['name'], filled['config'], errors);
  schema.crossCheck?.(filled, (path, message) => errors.replace(path, message), errors.rightFields([]));
  delete filled['updated_at'];
  delete filled['ttl'];
  if (type === 'upstreams' && filled['algorithm'] !== 'sticky-sessions') {
    // Unknown to Kong's open-source line, which would refuse them.
    delete filled['sticky_sessions_cookie'];
    delete filled['sticky_sessions_cookie_path'];
  }
  if (type === 'plugins' && (filled['consumer_group'] ?? null) === null) delete filled['consumer_group'];
  // Addresses belong to routes by expressions and to streams, so they are there only where they are given.
  for (const field of ['sources', 'destinations']) if ((filled[field] ?? null) === null) delete filled[field];
  if (type !== 'routes') delete filled['created_at'];
  // A route without one is the same in every flavour.
  if (type === 'routes' && (filled['expression'] ?? null) === null) {
    delete filled['expression'];
    delete filled['priority'];
  }
  return filled;
}

/**
 * One entity by itself, defaults filled in. References are not followed; `id` is null when none was given (use ids.ts).
 */
export function checkEntity(
  type: EntityType,
  raw: unknown,
  flavor: RouterFlavor = routerFlavorDefault,
): Result<Filled, readonly FieldError[]> {
  const errors = new ErrorList();
  if (!isRecord(raw)) {
    errors.add(['@entity'], messages.expectedType('record'));
    return fail(errors.errors);
  }
  const filled = fillEntity(type, raw, errors, flavor);
  return errors.errors.length > 0 ? fail(errors.errors) : ok(filled);
}
