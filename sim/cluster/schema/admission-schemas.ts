// Schemas of the webhooks and policies that are asked about writes.

export const admissionText = `
MutatingWebhookConfiguration
  webhooks [MutatingWebhook] key=name
ValidatingWebhookConfiguration
  webhooks [ValidatingWebhook] key=name
MutatingWebhook
  name! string
  clientConfig! WebhookClientConfig
  rules [RuleWithOperations]
  failurePolicy string =Fail enum=Fail|Ignore
  matchPolicy string =Equivalent enum=Exact|Equivalent
  namespaceSelector LabelSelector ={}
  objectSelector LabelSelector ={}
  sideEffects! string enum=None|NoneOnDryRun
  timeoutSeconds int =10 min=1 max=30
  admissionReviewVersions! [string]
  reinvocationPolicy string =Never enum=Never|IfNeeded
  matchConditions [MatchCondition] key=name
ValidatingWebhook
  name! string
  clientConfig! WebhookClientConfig
  rules [RuleWithOperations]
  failurePolicy string =Fail enum=Fail|Ignore
  matchPolicy string =Equivalent enum=Exact|Equivalent
  namespaceSelector LabelSelector ={}
  objectSelector LabelSelector ={}
  sideEffects! string enum=None|NoneOnDryRun
  timeoutSeconds int =10 min=1 max=30
  admissionReviewVersions! [string]
  matchConditions [MatchCondition] key=name
WebhookClientConfig
  url string
  service WebhookService
  caBundle bytes
WebhookService
  namespace! string
  name! string
  path string
  port int =443
RuleWithOperations
  apiGroups! [string]
  apiVersions! [string]
  resources! [string]
  operations! [string]
  scope string =* enum=Cluster|Namespaced|*
MatchCondition
  name! string
  expression! string
ValidatingAdmissionPolicy
  spec ValidatingAdmissionPolicySpec
  status object
ValidatingAdmissionPolicySpec
  paramKind ParamKind
  matchConstraints MatchResources
  validations [Validation]
  failurePolicy string =Fail enum=Fail|Ignore
  auditAnnotations [object]
  matchConditions [MatchCondition] key=name
  variables [Variable] key=name
ParamKind
  apiVersion string
  kind string
MatchResources
  namespaceSelector LabelSelector ={}
  objectSelector LabelSelector ={}
  resourceRules [NamedRuleWithOperations]
  excludeResourceRules [NamedRuleWithOperations]
  matchPolicy string =Equivalent enum=Exact|Equivalent
NamedRuleWithOperations
  resourceNames [string]
  apiGroups! [string]
  apiVersions! [string]
  resources! [string]
  operations! [string]
  scope string =* enum=Cluster|Namespaced|*
Validation
  expression! string
  message string
  reason string
  messageExpression string
Variable
  name! string
  expression! string
ValidatingAdmissionPolicyBinding
  spec ValidatingAdmissionPolicyBindingSpec
ValidatingAdmissionPolicyBindingSpec
  policyName! string
  paramRef object
  matchResources MatchResources
  validationActions! [string] set
`;
