// Kinds that are stored, shown and told of, but that nothing in this cluster acts on.
import type { Row } from './row.ts';

const core = { group: '', version: 'v1' };
const storage = { group: 'storage.k8s.io', version: 'v1' };

export const storedOnlyRows: readonly Row[] = [
  {
    ...core,
    kind: 'PersistentVolume',
    plural: 'persistentvolumes',
    short: 'pv',
    namespaced: false,
    traits: 's-',
  },
  {
    ...core,
    kind: 'ResourceQuota',
    plural: 'resourcequotas',
    short: 'quota',
    namespaced: true,
    traits: 's-',
    idle: 'quotas are not enforced',
  },
  {
    ...core,
    kind: 'LimitRange',
    plural: 'limitranges',
    short: 'limits',
    namespaced: true,
    idle: 'limits are not enforced',
  },
  {
    ...core,
    kind: 'ReplicationController',
    plural: 'replicationcontrollers',
    short: 'rc',
    namespaced: true,
    traits: 'scg',
    all: true,
    idle: 'no pods are made for it',
  },
  { ...core, kind: 'PodTemplate', plural: 'podtemplates', namespaced: true },
  {
    group: 'scheduling.k8s.io',
    version: 'v1',
    kind: 'PriorityClass',
    plural: 'priorityclasses',
    short: 'pc',
    namespaced: false,
    traits: 'g',
  },
  { ...storage, kind: 'StorageClass', plural: 'storageclasses', short: 'sc', namespaced: false },
  { ...storage, kind: 'CSIDriver', plural: 'csidrivers', namespaced: false, traits: 'g' },
  { ...storage, kind: 'CSINode', plural: 'csinodes', namespaced: false },
  { ...storage, kind: 'VolumeAttachment', plural: 'volumeattachments', namespaced: false, traits: 's-' },
  {
    group: 'node.k8s.io',
    version: 'v1',
    kind: 'RuntimeClass',
    plural: 'runtimeclasses',
    namespaced: false,
  },
  {
    group: 'certificates.k8s.io',
    version: 'v1',
    kind: 'CertificateSigningRequest',
    plural: 'certificatesigningrequests',
    short: 'csr',
    namespaced: false,
    traits: 's-',
    fields: ['spec.signerName'],
    idle: 'nobody signs it',
  },
];
