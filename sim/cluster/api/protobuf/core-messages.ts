// Field numbers of the messages of the core group beside pods; see messages.ts for the notation.

export const coreMessages: Readonly<Record<string, string>> = {
  Service: '1 metadata ObjectMeta, 2 spec ServiceSpec, 3 status ServiceStatus',
  ServiceSpec:
    '1 ports [ServicePort], 2 selector {string}, 3 clusterIP, 18 clusterIPs [string], 4 type, 5 externalIPs [string], 7 sessionAffinity, 8 loadBalancerIP, 9 loadBalancerSourceRanges [string], 10 externalName, 11 externalTrafficPolicy, 12 healthCheckNodePort int, 13 publishNotReadyAddresses bool, 14 sessionAffinityConfig SessionAffinityConfig?, 19 ipFamilies [string], 17 ipFamilyPolicy string?, 20 allocateLoadBalancerNodePorts bool?, 21 loadBalancerClass string?, 22 internalTrafficPolicy string?, 23 trafficDistribution string?',
  ServicePort:
    '1 name, 2 protocol, 6 appProtocol string?, 3 port int, 4 targetPort IntOrString, 5 nodePort int',
  SessionAffinityConfig: '1 clientIP ClientIPConfig?',
  ClientIPConfig: '1 timeoutSeconds int?',
  ServiceStatus: '1 loadBalancer LoadBalancerStatus, 2 conditions [Condition]',
  LoadBalancerStatus: '1 ingress [LoadBalancerIngress]',
  LoadBalancerIngress: '1 ip, 2 hostname, 3 ipMode string?, 4 ports [PortStatus]',
  PortStatus: '1 port int, 2 protocol, 3 error string?',
  Endpoints: '1 metadata ObjectMeta, 2 subsets [EndpointSubset]',
  EndpointSubset:
    '1 addresses [EndpointAddress], 2 notReadyAddresses [EndpointAddress], 3 ports [EndpointPort]',
  EndpointAddress: '1 ip, 3 hostname, 4 nodeName string?, 2 targetRef ObjectReference?',
  ObjectReference: '1 kind, 2 namespace, 3 name, 4 uid, 5 apiVersion, 6 resourceVersion, 7 fieldPath',
  EndpointPort: '1 name, 2 port int, 3 protocol, 4 appProtocol string?',
  Secret: '1 metadata ObjectMeta, 5 immutable bool?, 2 data {bytes}, 4 stringData {string}, 3 type',
  ConfigMap: '1 metadata ObjectMeta, 4 immutable bool?, 2 data {string}, 3 binaryData {bytes}',
  Event:
    '1 metadata ObjectMeta, 2 involvedObject ObjectReference, 3 reason, 4 message, 5 source EventSource, 6 firstTimestamp Time, 7 lastTimestamp Time, 8 count int, 9 type, 10 eventTime MicroTime, 11 series EventSeries?, 12 action, 13 related ObjectReference?, 14 reportingComponent, 15 reportingInstance',
  EventSource: '1 component, 2 host',
  EventSeries: '1 count int, 2 lastObservedTime MicroTime',
  Node: '1 metadata ObjectMeta, 2 spec NodeSpec, 3 status NodeStatus',
  NodeSpec:
    '1 podCIDR, 7 podCIDRs [string], 3 providerID, 4 unschedulable bool, 5 taints [Taint], 6 configSource NodeConfigSource?, 2 externalID, 8 podPreemptionPolicy NodePodPreemptionPolicy?',
  Taint: '1 key, 2 value, 3 effect, 4 timeAdded Time?',
  NodeConfigSource: '2 configMap ConfigMapNodeConfigSource?',
  ConfigMapNodeConfigSource: '1 namespace, 2 name, 3 uid, 4 resourceVersion, 5 kubeletConfigKey',
  NodePodPreemptionPolicy: '1 disableResizePreemption [string]',
  NodeStatus:
    '1 capacity {Quantity}, 2 allocatable {Quantity}, 3 phase, 4 conditions [NodeCondition], 5 addresses [NodeAddress], 6 daemonEndpoints NodeDaemonEndpoints, 7 nodeInfo NodeSystemInfo, 8 images [ContainerImage], 9 volumesInUse [string], 10 volumesAttached [AttachedVolume], 11 config NodeConfigStatus?, 12 runtimeHandlers [NodeRuntimeHandler], 13 features NodeFeatures?, 14 declaredFeatures [string]',
  NodeCondition: '1 type, 2 status, 3 lastHeartbeatTime Time, 4 lastTransitionTime Time, 5 reason, 6 message',
  NodeAddress: '1 type, 2 address',
  NodeDaemonEndpoints: '1 kubeletEndpoint DaemonEndpoint',
  DaemonEndpoint: '1 Port int',
  NodeSystemInfo:
    '1 machineID, 2 systemUUID, 3 bootID, 4 kernelVersion, 5 osImage, 6 containerRuntimeVersion, 7 kubeletVersion, 8 kubeProxyVersion, 9 operatingSystem, 10 architecture, 11 swap NodeSwapStatus?',
  NodeSwapStatus: '1 capacity int?',
  ContainerImage: '1 names [string], 2 sizeBytes int',
  AttachedVolume: '1 name, 2 devicePath',
  NodeConfigStatus:
    '1 assigned NodeConfigSource?, 2 active NodeConfigSource?, 3 lastKnownGood NodeConfigSource?, 4 error',
  NodeRuntimeHandler: '1 name, 2 features NodeRuntimeHandlerFeatures?',
  NodeRuntimeHandlerFeatures: '1 recursiveReadOnlyMounts bool?, 2 userNamespaces bool?',
  NodeFeatures: '1 supplementalGroupsPolicy bool?',
  ServiceAccount:
    '1 metadata ObjectMeta, 2 secrets [ObjectReference], 3 imagePullSecrets [LocalObjectReference], 4 automountServiceAccountToken bool?',
  PersistentVolumeClaim:
    '1 metadata ObjectMeta, 2 spec PersistentVolumeClaimSpec, 3 status PersistentVolumeClaimStatus',
  PersistentVolumeClaimStatus:
    '1 phase, 2 accessModes [string], 3 capacity {Quantity}, 4 conditions [PersistentVolumeClaimCondition], 5 allocatedResources {Quantity}, 7 allocatedResourceStatuses {string}, 8 currentVolumeAttributesClassName string?, 9 modifyVolumeStatus ModifyVolumeStatus?, 10 healthStatus VolumeHealthStatus?',
  PersistentVolumeClaimCondition:
    '1 type, 2 status, 3 lastProbeTime Time, 4 lastTransitionTime Time, 5 reason, 6 message',
  ModifyVolumeStatus: '1 targetVolumeAttributesClassName, 2 status',
  VolumeHealthStatus: '1 healthConditions [VolumeHealthCondition], 2 lastTransitionTime Time',
  PersistentVolume: '1 metadata ObjectMeta, 2 spec PersistentVolumeSpec, 3 status PersistentVolumeStatus',
  PersistentVolumeSpec:
    '1 capacity {Quantity}, 2 persistentVolumeSource +PersistentVolumeSource, 3 accessModes [string], 4 claimRef ObjectReference?, 5 persistentVolumeReclaimPolicy, 6 storageClassName, 7 mountOptions [string], 8 volumeMode string?, 9 nodeAffinity VolumeNodeAffinity?, 10 volumeAttributesClassName string?',
  PersistentVolumeSource:
    '1 gcePersistentDisk GCEPersistentDiskVolumeSource?, 2 awsElasticBlockStore AWSElasticBlockStoreVolumeSource?, 3 hostPath HostPathVolumeSource?, 4 glusterfs GlusterfsPersistentVolumeSource?, 5 nfs NFSVolumeSource?, 6 rbd RBDPersistentVolumeSource?, 7 iscsi ISCSIPersistentVolumeSource?, 8 cinder CinderPersistentVolumeSource?, 9 cephfs CephFSPersistentVolumeSource?, 10 fc FCVolumeSource?, 11 flocker FlockerVolumeSource?, 12 flexVolume FlexPersistentVolumeSource?, 13 azureFile AzureFilePersistentVolumeSource?, 14 vsphereVolume VsphereVirtualDiskVolumeSource?, 15 quobyte QuobyteVolumeSource?, 16 azureDisk AzureDiskVolumeSource?, 17 photonPersistentDisk PhotonPersistentDiskVolumeSource?, 18 portworxVolume PortworxVolumeSource?, 19 scaleIO ScaleIOPersistentVolumeSource?, 20 local LocalVolumeSource?, 21 storageos StorageOSPersistentVolumeSource?, 22 csi CSIPersistentVolumeSource?',
  GlusterfsPersistentVolumeSource: '1 endpoints, 2 path, 3 readOnly bool, 4 endpointsNamespace string?',
  RBDPersistentVolumeSource:
    '1 monitors [string], 2 image, 3 fsType, 4 pool, 5 user, 6 keyring, 7 secretRef SecretReference?, 8 readOnly bool',
  SecretReference: '1 name, 2 namespace',
  ISCSIPersistentVolumeSource:
    '1 targetPortal, 2 iqn, 3 lun int, 4 iscsiInterface, 5 fsType, 6 readOnly bool, 7 portals [string], 8 chapAuthDiscovery bool, 11 chapAuthSession bool, 10 secretRef SecretReference?, 12 initiatorName string?',
  CinderPersistentVolumeSource: '1 volumeID, 2 fsType, 3 readOnly bool, 4 secretRef SecretReference?',
  CephFSPersistentVolumeSource:
    '1 monitors [string], 2 path, 3 user, 4 secretFile, 5 secretRef SecretReference?, 6 readOnly bool',
  FlexPersistentVolumeSource:
    '1 driver, 2 fsType, 3 secretRef SecretReference?, 4 readOnly bool, 5 options {string}',
  AzureFilePersistentVolumeSource: '1 secretName, 2 shareName, 3 readOnly bool, 4 secretNamespace string?',
  ScaleIOPersistentVolumeSource:
    '1 gateway, 2 system, 3 secretRef SecretReference?, 4 sslEnabled bool, 5 protectionDomain, 6 storagePool, 7 storageMode, 8 volumeName, 9 fsType, 10 readOnly bool',
  LocalVolumeSource: '1 path, 2 fsType string?',
  StorageOSPersistentVolumeSource:
    '1 volumeName, 2 volumeNamespace, 3 fsType, 4 readOnly bool, 5 secretRef ObjectReference?',
  CSIPersistentVolumeSource:
    '1 driver, 2 volumeHandle, 3 readOnly bool, 4 fsType, 5 volumeAttributes {string}, 6 controllerPublishSecretRef SecretReference?, 7 nodeStageSecretRef SecretReference?, 8 nodePublishSecretRef SecretReference?, 9 controllerExpandSecretRef SecretReference?, 10 nodeExpandSecretRef SecretReference?',
  VolumeNodeAffinity: '1 required NodeSelector?',
  PersistentVolumeStatus: '1 phase, 2 message, 3 reason, 4 lastPhaseTransitionTime Time?',
  ResourceQuota: '1 metadata ObjectMeta, 2 spec ResourceQuotaSpec, 3 status ResourceQuotaStatus',
  ResourceQuotaSpec: '1 hard {Quantity}, 2 scopes [string], 3 scopeSelector ScopeSelector?',
  ScopeSelector: '1 matchExpressions [ScopedResourceSelectorRequirement]',
  ScopedResourceSelectorRequirement: '1 scopeName, 2 operator, 3 values [string]',
  ResourceQuotaStatus: '1 hard {Quantity}, 2 used {Quantity}',
  LimitRange: '1 metadata ObjectMeta, 2 spec LimitRangeSpec',
  LimitRangeSpec: '1 limits [LimitRangeItem]',
  LimitRangeItem:
    '1 type, 2 max {Quantity}, 3 min {Quantity}, 4 default {Quantity}, 5 defaultRequest {Quantity}, 6 maxLimitRequestRatio {Quantity}',
  ReplicationController:
    '1 metadata ObjectMeta, 2 spec ReplicationControllerSpec, 3 status ReplicationControllerStatus',
  ReplicationControllerSpec:
    '1 replicas int?, 4 minReadySeconds int, 2 selector {string}, 3 template PodTemplateSpec?',
  PodTemplateSpec: '1 metadata ObjectMeta, 2 spec PodSpec',
  ReplicationControllerStatus:
    '1 replicas int, 2 fullyLabeledReplicas int, 4 readyReplicas int, 5 availableReplicas int, 3 observedGeneration int, 6 conditions [ReplicationControllerCondition]',
  ReplicationControllerCondition: '1 type, 2 status, 3 lastTransitionTime Time, 4 reason, 5 message',
  PodTemplate: '1 metadata ObjectMeta, 2 template PodTemplateSpec',
  TopologySelectorTerm: '1 matchLabelExpressions [TopologySelectorLabelRequirement]',
  TopologySelectorLabelRequirement: '1 key, 2 values [string]',
};
