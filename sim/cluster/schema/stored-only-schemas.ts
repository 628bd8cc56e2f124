// Schemas of the kinds that this cluster stores and shows, but does not act on.

export const storedOnlyText = `
PersistentVolume
  spec PersistentVolumeSpec
  status PersistentVolumeStatus
PersistentVolumeSpec
  capacity {quantity}
  accessModes [string]
  persistentVolumeReclaimPolicy string =Retain
  storageClassName string
  volumeAttributesClassName string
  volumeMode string =Filesystem
  mountOptions [string]
  claimRef ObjectReference
  nodeAffinity object
  hostPath object
  local object
  nfs object
  csi object
PersistentVolumeStatus
  phase string =Available
  message string
  reason string
ResourceQuota
  spec ResourceQuotaSpec
  status ResourceQuotaStatus
ResourceQuotaSpec
  hard {quantity}
  scopes [string]
  scopeSelector object
ResourceQuotaStatus
  hard {quantity}
  used {quantity}
LimitRange
  spec LimitRangeSpec
LimitRangeSpec
  limits! [LimitRangeItem]
LimitRangeItem
  type! string
  max {quantity}
  min {quantity}
  default {quantity}
  defaultRequest {quantity}
  maxLimitRequestRatio {quantity}
ReplicationController
  spec ReplicationControllerSpec
  status ReplicationControllerStatus
ReplicationControllerSpec
  replicas int =1
  minReadySeconds int
  selector {string} atomic
  template PodTemplateSpec
ReplicationControllerStatus
  replicas int
  readyReplicas int
  availableReplicas int
  fullyLabeledReplicas int
  observedGeneration long
  conditions [Condition] key=type
PodTemplate
  template PodTemplateSpec
PriorityClass
  value! int
  globalDefault bool
  description string
  preemptionPolicy string =PreemptLowerPriority
StorageClass
  provisioner! string
  parameters {string}
  reclaimPolicy string =Delete
  mountOptions [string]
  allowVolumeExpansion bool
  volumeBindingMode string =Immediate
  allowedTopologies [object]
CSIDriver
  spec! object
CSINode
  spec! object
VolumeAttachment
  spec! object
  status object
RuntimeClass
  handler! string
  overhead object
  scheduling object
CertificateSigningRequest
  spec CertificateSigningRequestSpec
  status CertificateSigningRequestStatus
CertificateSigningRequestSpec
  request! bytes
  signerName! string
  expirationSeconds int
  usages [string]
  username string
  uid string
  groups [string]
  extra {object}
CertificateSigningRequestStatus
  conditions [Condition] key=type
  certificate bytes
`;
