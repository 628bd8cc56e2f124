// The settings of a KongPlugin: inline, from a Secret, or inline with patches from Secrets.
import { fail, ok, type Result } from '../base/result.ts';
import { parseYaml } from '../base/yaml.ts';
import type { KongPlugin, SecretKeyReference } from '../kube/kong-plugin.ts';
import type { Problem } from '../kube/problem.ts';
import { type Secret, secretText } from '../kube/secret.ts';
import * as problems from './problems.ts';

type Fields = Record<string, unknown>;

const closedEffect = 'what uses the plugin answers 503';

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readSecret(
  plugin: KongPlugin,
  reference: SecretKeyReference,
  field: string,
  secrets: ReadonlyMap<string, Secret>,
): Result<string, Problem> {
  const secret = secrets.get(`${reference.namespace}/${reference.name}`);
  if (secret === undefined)
    return fail(problems.missingSecret(plugin, `${field}.name`, reference.name, closedEffect));
  const text = secretText(secret, reference.key);
  return text === null
    ? fail(problems.missingSecretKey(plugin, `${field}.key`, reference.name, reference.key, closedEffect))
    : ok(text);
}

/** More is no settings of a plugin. Parsing takes some hundred milliseconds at worst. */
const settingsLimits = { charactersMax: 64 * 1024, aliasesMax: 0 };

/** YAML, and so JSON. Never shows the text: it is a secret. */
function parseSettings(plugin: KongPlugin, text: string, field: string): Result<unknown, Problem> {
  const parsed = parseYaml(text, settingsLimits);
  return parsed.ok ? parsed : fail(problems.unreadableSettings(plugin, field, parsed.error));
}

/** Steps of a patch's path. */
const pointerPartsMax = 32;

/** RFC 6902 `add`; missing parents are made. Changes the document, or gives the value that replaces it. */
function addAt(document: unknown, pointer: string, value: unknown): Result<unknown> {
  if (pointer === '') return ok(value);
  if (!pointer.startsWith('/')) return fail("a path starts with '/'");
  const parts = pointer
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  if (parts.length > pointerPartsMax) return fail(`a path has ${pointerPartsMax} steps at most`);
  let at: unknown = document;
  for (const [i, part] of parts.entries()) {
    const isLast = i === parts.length - 1;
    if (Array.isArray(at)) {
      const index = part === '-' ? at.length : Number(part);
      if (!Number.isInteger(index) || index < 0 || index > at.length)
        return fail(`nothing can be added at '${pointer}'`);
      if (isLast) at.splice(index, 0, value);
      else at = at[index];
    } else if (isRecord(at)) {
      const next = isLast ? value : Object.hasOwn(at, part) ? at[part] : {};
      Object.defineProperty(at, part, { value: next, enumerable: true, configurable: true, writable: true });
      at = next;
    } else return fail(`nothing can be added at '${pointer}'`);
  }
  return ok(document);
}

/** `secrets` by 'namespace/name'. */
export function readPluginConfig(
  plugin: KongPlugin,
  secrets: ReadonlyMap<string, Secret>,
): Result<Fields, Problem> {
  let config: unknown = plugin.config ?? {};
  if (plugin.configFrom !== null) {
    const text = readSecret(plugin, plugin.configFrom, 'configFrom.secretKeyRef', secrets);
    if (!text.ok) return text;
    const parsed = parseSettings(plugin, text.value, 'configFrom.secretKeyRef');
    if (!parsed.ok) return parsed;
    config = parsed.value ?? {};
  }
  // Objects are shared and immutable: patches change a copy.
  if (plugin.configPatches.length > 0) config = structuredClone(config);
  for (const [i, patch] of plugin.configPatches.entries()) {
    const field = `configPatches[${i}]`;
    const text = readSecret(plugin, patch.secret, `${field}.valueFrom.secretKeyRef`, secrets);
    if (!text.ok) return text;
    const value = parseSettings(plugin, text.value, `${field}.valueFrom.secretKeyRef`);
    if (!value.ok) return value;
    const patched = addAt(config, patch.path, value.value);
    if (!patched.ok) return fail(problems.badPatch(plugin, `${field}.path`, patched.error));
    config = patched.value;
  }
  return isRecord(config)
    ? ok(config)
    : fail(problems.unreadableSettings(plugin, 'configFrom.secretKeyRef', 'a map of settings is expected'));
}
