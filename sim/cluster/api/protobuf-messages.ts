// Field numbers of the Kubernetes messages that kubectl sends in protobuf (`kubectl create TYPE`), from the .proto files
// that Kubernetes publishes. One line a message: number, name, type; no type is a string.
//
//   {T} map from string to T; [T] repeated; T? a pointer, whose zero counts; +T members of the message around it;
//   - read past.

export const protobufMessages: Readonly<Record<string, string>> = {
  ObjectMeta:
    '1 name, 2 generateName, 3 namespace, 5 uid, 6 resourceVersion, 7 generation -, 8 creationTimestamp -, 11 labels {string}, 12 annotations {string}, 13 ownerReferences [OwnerReference], 14 finalizers [string]',
  OwnerReference: '1 kind, 3 name, 4 uid, 5 apiVersion, 6 controller bool?, 7 blockOwnerDeletion bool?',
  LabelSelector: '1 matchLabels {string}, 2 matchExpressions [LabelSelectorRequirement]',
  LabelSelectorRequirement: '1 key, 2 operator, 3 values [string]',
  LocalObjectReference: '1 name',
  DeleteOptions:
    '1 gracePeriodSeconds int?, 2 preconditions Preconditions, 3 orphanDependents bool?, 4 propagationPolicy, 5 dryRun [string]',
  Preconditions: '1 uid, 2 resourceVersion',

  Namespace: '1 metadata ObjectMeta, 2 spec -, 3 status -',
  ConfigMap: '1 metadata ObjectMeta, 2 data {string}, 3 binaryData {bytes}, 4 immutable bool?',
  Secret: '1 metadata ObjectMeta, 2 data {bytes}, 3 type, 4 stringData {string}, 5 immutable bool?',
  ServiceAccount:
    '1 metadata ObjectMeta, 3 imagePullSecrets [LocalObjectReference], 4 automountServiceAccountToken bool?',
  Service: '1 metadata ObjectMeta, 2 spec ServiceSpec, 3 status -',
  ServiceSpec:
    '1 ports [ServicePort], 2 selector {string}, 3 clusterIP, 4 type, 5 externalIPs [string], 7 sessionAffinity, 8 loadBalancerIP, 9 loadBalancerSourceRanges [string], 10 externalName, 11 externalTrafficPolicy, 12 healthCheckNodePort int, 13 publishNotReadyAddresses bool',
  ServicePort: '1 name, 2 protocol, 3 port int, 4 targetPort IntOrString, 5 nodePort int, 6 appProtocol',
  Pod: '1 metadata ObjectMeta, 2 spec PodSpec, 3 status -',
  PodSpec:
    '2 containers [Container], 3 restartPolicy, 4 terminationGracePeriodSeconds int?, 5 activeDeadlineSeconds int?, 6 dnsPolicy, 7 nodeSelector {string}, 8 serviceAccountName, 9 serviceAccount, 10 nodeName, 11 hostNetwork bool, 12 hostPID bool, 13 hostIPC bool, 14 securityContext -, 15 imagePullSecrets [LocalObjectReference], 16 hostname, 17 subdomain, 19 schedulerName, 20 initContainers [Container]',
  Container:
    '1 name, 2 image, 3 command [string], 4 args [string], 5 workingDir, 6 ports [ContainerPort], 7 env [EnvVar], 8 resources ResourceRequirements, 13 terminationMessagePath, 14 imagePullPolicy, 16 stdin bool, 17 stdinOnce bool, 18 tty bool, 20 terminationMessagePolicy',
  ContainerPort: '1 name, 2 hostPort int, 3 containerPort int, 4 protocol, 5 hostIP',
  EnvVar: '1 name, 2 value',
  ResourceRequirements: '1 limits {Quantity}, 2 requests {Quantity}',
  PodTemplateSpec: '1 metadata ObjectMeta, 2 spec PodSpec',

  Deployment: '1 metadata ObjectMeta, 2 spec DeploymentSpec, 3 status -',
  DeploymentSpec:
    '1 replicas int?, 2 selector LabelSelector, 3 template PodTemplateSpec, 4 strategy DeploymentStrategy, 5 minReadySeconds int, 6 revisionHistoryLimit int?, 7 paused bool, 9 progressDeadlineSeconds int?',
  DeploymentStrategy: '1 type, 2 rollingUpdate RollingUpdateDeployment',
  RollingUpdateDeployment: '1 maxUnavailable IntOrString, 2 maxSurge IntOrString',
  Job: '1 metadata ObjectMeta, 2 spec JobSpec, 3 status -',
  JobSpec:
    '1 parallelism int?, 2 completions int?, 3 activeDeadlineSeconds int?, 4 selector LabelSelector, 5 manualSelector bool?, 6 template PodTemplateSpec, 7 backoffLimit int?, 8 ttlSecondsAfterFinished int?',
  CronJob: '1 metadata ObjectMeta, 2 spec CronJobSpec, 3 status -',
  CronJobSpec:
    '1 schedule, 2 startingDeadlineSeconds int?, 3 concurrencyPolicy, 4 suspend bool?, 5 jobTemplate JobTemplateSpec, 6 successfulJobsHistoryLimit int?, 7 failedJobsHistoryLimit int?',
  JobTemplateSpec: '1 metadata ObjectMeta, 2 spec JobSpec',

  Ingress: '1 metadata ObjectMeta, 2 spec IngressSpec, 3 status -',
  IngressSpec:
    '1 defaultBackend IngressBackend, 2 tls [IngressTLS], 3 rules [IngressRule], 4 ingressClassName',
  IngressTLS: '1 hosts [string], 2 secretName',
  IngressRule: '1 host, 2 ingressRuleValue +IngressRuleValue',
  IngressRuleValue: '1 http HTTPIngressRuleValue',
  HTTPIngressRuleValue: '1 paths [HTTPIngressPath]',
  HTTPIngressPath: '1 path, 2 backend IngressBackend, 3 pathType',
  IngressBackend: '3 resource TypedLocalObjectReference, 4 service IngressServiceBackend',
  TypedLocalObjectReference: '1 apiGroup, 2 kind, 3 name',
  IngressServiceBackend: '1 name, 2 port ServiceBackendPort',
  ServiceBackendPort: '1 name, 2 number int',

  Role: '1 metadata ObjectMeta, 2 rules [PolicyRule]',
  ClusterRole: '1 metadata ObjectMeta, 2 rules [PolicyRule]',
  PolicyRule:
    '1 verbs [string], 2 apiGroups [string], 3 resources [string], 4 resourceNames [string], 5 nonResourceURLs [string]',
  RoleBinding: '1 metadata ObjectMeta, 2 subjects [Subject], 3 roleRef RoleRef',
  ClusterRoleBinding: '1 metadata ObjectMeta, 2 subjects [Subject], 3 roleRef RoleRef',
  Subject: '1 kind, 2 apiGroup, 3 name, 4 namespace',
  RoleRef: '1 apiGroup, 2 kind, 3 name',
  PodDisruptionBudget: '1 metadata ObjectMeta, 2 spec PodDisruptionBudgetSpec, 3 status -',
  PodDisruptionBudgetSpec:
    '1 minAvailable IntOrString, 2 selector LabelSelector, 3 maxUnavailable IntOrString',

  SelfSubjectAccessReview: '1 metadata ObjectMeta, 2 spec SelfSubjectAccessReviewSpec, 3 status -',
  SelfSubjectAccessReviewSpec:
    '1 resourceAttributes ResourceAttributes, 2 nonResourceAttributes NonResourceAttributes',
  ResourceAttributes: '1 namespace, 2 verb, 3 group, 4 version, 5 resource, 6 subresource, 7 name',
  NonResourceAttributes: '1 path, 2 verb',
  SelfSubjectReview: '1 metadata ObjectMeta, 2 status -',
};
