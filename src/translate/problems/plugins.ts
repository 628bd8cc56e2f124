// What can be wrong with plugins, in sentences for users.
import { annotationField } from '../../kube/annotations.ts';
import type { DecodedObject } from '../../kube/metadata.ts';
import type { Problem } from '../../kube/problem.ts';
import { problem, quote } from './problem.ts';

const closed = 'What uses it answers 503 until this is corrected.';

export function unreadableSettings(object: DecodedObject, field: string, why: string): Problem {
  return problem(
    object,
    field,
    'InvalidPluginConfig',
    `The Secret's value is neither JSON nor YAML of the settings: ${why}. ${closed}`,
  );
}

/** What the gateway says about a value quotes it, and this one is a secret. */
export function badSecretConfig(object: DecodedObject, field: string): Problem {
  return problem(
    object,
    field,
    'InvalidPluginConfig',
    `The plugin's settings are refused at this field. They come from a Secret, so no more is shown here. ${closed}`,
  );
}

export function badPatch(object: DecodedObject, field: string, why: string): Problem {
  return problem(object, field, 'InvalidPluginConfig', `The patch cannot be applied: ${why}. ${closed}`);
}

export function unknownPlugin(object: DecodedObject, name: string, isOpen: boolean): Problem {
  return problem(
    object,
    'plugin',
    'UnknownPlugin',
    isOpen
      ? `Plugin ${quote(name)} is not known here; it only observes, so traffic goes on without it. Remove it, or choose a known plugin.`
      : `Plugin ${quote(name)} is not known here. ${closed} Remove it, or choose a known plugin.`,
  );
}

export function badPluginConfig(object: DecodedObject, field: string, why: string): Problem {
  return problem(
    object,
    field,
    'InvalidPluginConfig',
    `The plugin's settings are refused: ${why}. ${closed}`,
  );
}

export function missingPlugin(object: DecodedObject, name: string): Problem {
  return problem(
    object,
    annotationField('plugins'),
    'PluginNotFound',
    `There is no KongPlugin or KongClusterPlugin ${quote(name)} that can be used; what the object serves answers 503. Create or correct it, or correct the name.`,
  );
}

export function foreignPlugin(object: DecodedObject, name: string): Problem {
  return problem(
    object,
    annotationField('plugins'),
    'PluginNotPermitted',
    `Plugin ${quote(name)} is in another namespace, which is not supported; what the object serves answers 503. Create a KongPlugin in this namespace, or a KongClusterPlugin.`,
  );
}

export function duplicatePlugin(object: DecodedObject, name: string, other: string): Problem {
  return problem(
    object,
    annotationField('plugins'),
    'PluginConflict',
    `${quote(name)} and ${quote(other)} are the same kind of plugin; only ${quote(other)} is used. Name one of them.`,
  );
}

export function duplicateGlobalPlugin(object: DecodedObject, name: string, owner: string): Problem {
  return problem(
    object,
    "metadata.labels['global']",
    'PluginConflict',
    `The older KongClusterPlugin ${quote(owner)} is already the global plugin ${quote(name)}; this one is not used. Remove one of the two.`,
  );
}
