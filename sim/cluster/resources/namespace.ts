// Namespaces get their name as a label and a finalizer that only the namespace controller takes away.
import { arrayOf } from '../json.ts';
import type { StoredObject } from '../store-api.ts';
import type { KindRules } from './rules.ts';

export const namespaceRules: KindRules = {
  prepare(object, previous) {
    const labels = { ...object.metadata.labels, 'kubernetes.io/metadata.name': object.metadata.name };
    const status =
      object.status?.['phase'] === undefined ? { ...object.status, phase: 'Active' } : object.status;
    const finalizers = previous === null ? ['kubernetes'] : arrayOf(object.spec?.['finalizers']);
    const spec = finalizers.length === 0 ? {} : { finalizers };
    return { ...object, metadata: { ...object.metadata, labels }, spec, status } as StoredObject;
  },
};

export const nodeRules: KindRules = {
  prepare(object) {
    const labels = { ...object.metadata.labels };
    labels['kubernetes.io/hostname'] ??= object.metadata.name;
    return { ...object, metadata: { ...object.metadata, labels } };
  },
};
