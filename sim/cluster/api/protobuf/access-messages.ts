// Field numbers of the messages of access, admission, certificates, scheduling, storage and node; see messages.ts for the notation.

export const accessMessages: Readonly<Record<string, string>> = {
  Role: '1 metadata ObjectMeta, 2 rules [PolicyRule]',
  PolicyRule:
    '1 verbs [string], 2 apiGroups [string], 3 resources [string], 4 resourceNames [string], 5 nonResourceURLs [string]',
  RoleBinding: '1 metadata ObjectMeta, 2 subjects [Subject], 3 roleRef RoleRef',
  Subject: '1 kind, 2 apiGroup, 3 name, 4 namespace',
  RoleRef: '1 apiGroup, 2 kind, 3 name',
  ClusterRole: '1 metadata ObjectMeta, 2 rules [PolicyRule], 3 aggregationRule AggregationRule?',
  AggregationRule: '1 clusterRoleSelectors [LabelSelector]',
  ClusterRoleBinding: '1 metadata ObjectMeta, 2 subjects [Subject], 3 roleRef RoleRef',
  SelfSubjectAccessReview:
    '1 metadata ObjectMeta, 2 spec SelfSubjectAccessReviewSpec, 3 status SubjectAccessReviewStatus',
  SelfSubjectAccessReviewSpec:
    '1 resourceAttributes ResourceAttributes?, 2 nonResourceAttributes NonResourceAttributes?',
  ResourceAttributes:
    '1 namespace, 2 verb, 3 group, 4 version, 5 resource, 6 subresource, 7 name, 8 fieldSelector FieldSelectorAttributes?, 9 labelSelector LabelSelectorAttributes?',
  FieldSelectorAttributes: '1 rawSelector, 2 requirements -',
  LabelSelectorAttributes: '1 rawSelector, 2 requirements [LabelSelectorRequirement]',
  NonResourceAttributes: '1 path, 2 verb',
  SubjectAccessReviewStatus: '1 allowed bool, 4 denied bool, 2 reason, 3 evaluationError',
  SubjectAccessReview:
    '1 metadata ObjectMeta, 2 spec SubjectAccessReviewSpec, 3 status SubjectAccessReviewStatus',
  SubjectAccessReviewSpec:
    '1 resourceAttributes ResourceAttributes?, 2 nonResourceAttributes NonResourceAttributes?, 3 user, 4 groups [string], 5 extra -, 6 uid',
  LocalSubjectAccessReview:
    '1 metadata ObjectMeta, 2 spec SubjectAccessReviewSpec, 3 status SubjectAccessReviewStatus',
  SelfSubjectRulesReview:
    '1 metadata ObjectMeta, 2 spec SelfSubjectRulesReviewSpec, 3 status SubjectRulesReviewStatus',
  SelfSubjectRulesReviewSpec: '1 namespace',
  SubjectRulesReviewStatus:
    '1 resourceRules [ResourceRule], 2 nonResourceRules [NonResourceRule], 3 incomplete bool, 4 evaluationError',
  ResourceRule: '1 verbs [string], 2 apiGroups [string], 3 resources [string], 4 resourceNames [string]',
  NonResourceRule: '1 verbs [string], 2 nonResourceURLs [string]',
  SelfSubjectReview: '1 metadata ObjectMeta, 2 status SelfSubjectReviewStatus',
  SelfSubjectReviewStatus: '1 userInfo UserInfo',
  UserInfo: '1 username, 2 uid, 3 groups [string], 4 extra -',
  TokenRequest: '1 metadata ObjectMeta, 2 spec TokenRequestSpec, 3 status TokenRequestStatus',
  TokenRequestSpec:
    '1 audiences [string], 4 expirationSeconds int?, 3 boundObjectRef BoundObjectReference?, 5 attestations -',
  BoundObjectReference: '1 kind, 2 apiVersion, 3 name, 4 uid',
  TokenRequestStatus: '1 token, 2 expirationTimestamp Time',
  TokenReview: '1 metadata ObjectMeta, 2 spec TokenReviewSpec, 3 status TokenReviewStatus',
  TokenReviewSpec: '1 token, 2 audiences [string]',
  TokenReviewStatus: '1 authenticated bool, 2 user UserInfo, 4 audiences [string], 3 error',
  CertificateSigningRequest:
    '1 metadata ObjectMeta, 2 spec CertificateSigningRequestSpec, 3 status CertificateSigningRequestStatus',
  CertificateSigningRequestSpec:
    '1 request bytes, 7 signerName, 8 expirationSeconds int?, 5 usages [string], 2 username, 3 uid, 4 groups [string], 6 extra -',
  CertificateSigningRequestStatus: '1 conditions [CertificateSigningRequestCondition], 2 certificate bytes',
  CertificateSigningRequestCondition:
    '1 type, 6 status, 2 reason, 3 message, 4 lastUpdateTime Time, 5 lastTransitionTime Time',
  ValidatingWebhookConfiguration: '1 metadata ObjectMeta, 2 webhooks [ValidatingWebhook]',
  ValidatingWebhook:
    '1 name, 2 clientConfig WebhookClientConfig, 3 rules [RuleWithOperations], 4 failurePolicy string?, 9 matchPolicy string?, 5 namespaceSelector LabelSelector?, 10 objectSelector LabelSelector?, 6 sideEffects string?, 7 timeoutSeconds int?, 8 admissionReviewVersions [string], 11 matchConditions [MatchCondition]',
  WebhookClientConfig: '3 url string?, 1 service ServiceReference?, 2 caBundle bytes',
  ServiceReference: '1 namespace, 2 name, 3 path string?, 4 port int?',
  RuleWithOperations: '1 operations [string], 2 rule +Rule',
  Rule: '1 apiGroups [string], 2 apiVersions [string], 3 resources [string], 4 scope string?',
  MatchCondition: '1 name, 2 expression',
  MutatingWebhookConfiguration: '1 metadata ObjectMeta, 2 webhooks [MutatingWebhook]',
  MutatingWebhook:
    '1 name, 2 clientConfig WebhookClientConfig, 3 rules [RuleWithOperations], 4 failurePolicy string?, 9 matchPolicy string?, 5 namespaceSelector LabelSelector?, 11 objectSelector LabelSelector?, 6 sideEffects string?, 7 timeoutSeconds int?, 8 admissionReviewVersions [string], 10 reinvocationPolicy string?, 12 matchConditions [MatchCondition]',
  ValidatingAdmissionPolicy:
    '1 metadata ObjectMeta, 2 spec ValidatingAdmissionPolicySpec, 3 status ValidatingAdmissionPolicyStatus',
  ValidatingAdmissionPolicySpec:
    '1 paramKind ParamKind?, 2 matchConstraints MatchResources?, 3 validations [Validation], 4 failurePolicy string?, 5 auditAnnotations [AuditAnnotation], 6 matchConditions [MatchCondition], 7 variables [Variable]',
  ParamKind: '1 apiVersion, 2 kind',
  MatchResources:
    '1 namespaceSelector LabelSelector?, 2 objectSelector LabelSelector?, 3 resourceRules [NamedRuleWithOperations], 4 excludeResourceRules [NamedRuleWithOperations], 7 matchPolicy string?',
  NamedRuleWithOperations: '1 resourceNames [string], 2 ruleWithOperations +RuleWithOperations',
  Validation: '1 expression, 2 message, 3 reason -, 4 messageExpression',
  AuditAnnotation: '1 key, 2 valueExpression',
  Variable: '1 name, 2 expression',
  ValidatingAdmissionPolicyStatus:
    '1 observedGeneration int, 2 typeChecking TypeChecking?, 3 conditions [Condition]',
  TypeChecking: '1 expressionWarnings [ExpressionWarning]',
  ExpressionWarning: '2 fieldRef, 3 warning',
  ValidatingAdmissionPolicyBinding: '1 metadata ObjectMeta, 2 spec ValidatingAdmissionPolicyBindingSpec',
  ValidatingAdmissionPolicyBindingSpec:
    '1 policyName, 2 paramRef ParamRef?, 3 matchResources MatchResources?, 4 validationActions [string]',
  ParamRef: '1 name, 2 namespace, 3 selector LabelSelector?, 4 parameterNotFoundAction string?',
  PriorityClass:
    '1 metadata ObjectMeta, 2 value int, 3 globalDefault bool, 4 description, 5 preemptionPolicy -',
  StorageClass:
    '1 metadata ObjectMeta, 2 provisioner, 3 parameters {string}, 4 reclaimPolicy string?, 5 mountOptions [string], 6 allowVolumeExpansion bool?, 7 volumeBindingMode string?, 8 allowedTopologies [TopologySelectorTerm]',
  CSIDriver: '1 metadata ObjectMeta, 2 spec CSIDriverSpec',
  CSIDriverSpec:
    '1 attachRequired bool?, 2 podInfoOnMount bool?, 3 volumeLifecycleModes [string], 4 storageCapacity bool?, 5 fsGroupPolicy string?, 6 tokenRequests [storage.v1.TokenRequest], 7 requiresRepublish bool?, 8 seLinuxMount bool?, 9 nodeAllocatableUpdatePeriodSeconds int?, 10 serviceAccountTokenInSecrets bool?, 11 preventPodSchedulingIfMissing bool?',
  'storage.v1.TokenRequest': '1 audience, 2 expirationSeconds int?',
  CSINode: '1 metadata ObjectMeta, 2 spec CSINodeSpec, 3 status CSINodeStatus',
  CSINodeSpec: '1 drivers [CSINodeDriver]',
  CSINodeDriver: '1 name, 2 nodeID, 3 topologyKeys [string], 4 allocatable VolumeNodeResources?',
  VolumeNodeResources: '1 count int?',
  CSINodeStatus: '1 storageHealth [StorageHealth]',
  StorageHealth: '1 name, 2 healthConditions [StorageHealthCondition]',
  StorageHealthCondition:
    '1 status, 2 reason, 3 message, 4 accessMode string?, 5 volumeMode string?, 6 lastTransitionTime Time',
  VolumeAttachment: '1 metadata ObjectMeta, 2 spec VolumeAttachmentSpec, 3 status VolumeAttachmentStatus',
  VolumeAttachmentSpec: '1 attacher, 2 source VolumeAttachmentSource, 3 nodeName',
  VolumeAttachmentSource: '1 persistentVolumeName string?, 2 inlineVolumeSpec PersistentVolumeSpec?',
  VolumeAttachmentStatus:
    '1 attached bool, 2 attachmentMetadata {string}, 3 attachError VolumeError?, 4 detachError VolumeError?',
  VolumeError: '1 time Time, 2 message, 3 errorCode int?',
  RuntimeClass: '1 metadata ObjectMeta, 2 handler, 3 overhead Overhead?, 4 scheduling Scheduling?',
  Overhead: '1 podFixed {Quantity}',
  Scheduling: '1 nodeSelector {string}, 2 tolerations [Toleration]',
};
