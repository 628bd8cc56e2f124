// One webhook of a configuration, and which writes it wants to be asked about.
import { arrayOf, isRecord, recordOf, textAt } from '../json.ts';
import { labelSelectorMatches } from '../selectors.ts';
import type { StoredObject } from '../store-api.ts';

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE';

export interface MatchCondition {
  readonly name: string;
  readonly expression: string;
}

export interface Webhook {
  readonly name: string;
  readonly kind: 'mutating' | 'validating';
  readonly client: WebhookClientConfig;
  readonly rules: readonly Rule[];
  readonly matchesEquivalent: boolean;
  readonly failsOpen: boolean;
  readonly timeoutSeconds: number;
  readonly namespaceSelector: unknown;
  readonly objectSelector: unknown;
  readonly conditions: readonly MatchCondition[];
  readonly asksAgain: boolean;
}

export interface WebhookClientConfig {
  readonly url?: string;
  readonly service?: {
    readonly namespace: string;
    readonly name: string;
    readonly port: number;
    readonly path: string;
  };
  /** PEM; null: the authorities of the machine. */
  readonly certificateAuthority: string | null;
}

export interface Rule {
  readonly operations: readonly string[];
  readonly groups: readonly string[];
  readonly versions: readonly string[];
  readonly resources: readonly string[];
  /** Of policies; none: whatever it is called. */
  readonly names: readonly string[];
  readonly scope: string;
}

/** What is written, as rules look at it. */
export interface Subject {
  readonly group: string;
  readonly version: string;
  /** 'pods', or 'pods/status'. */
  readonly resource: string;
  readonly namespaced: boolean;
  readonly name: string;
}

function ruleOf(source: unknown): Rule {
  const list = (member: string): string[] => arrayOf(recordOf(source)[member]).map(String);
  return {
    operations: list('operations'),
    groups: list('apiGroups'),
    versions: list('apiVersions'),
    resources: list('resources'),
    names: list('resourceNames'),
    scope: textAt(source, 'scope') || '*',
  };
}

export function rulesOf(list: unknown): readonly Rule[] {
  return arrayOf(list).map(ruleOf);
}

function clientOf(source: unknown): WebhookClientConfig {
  const { url, service, caBundle } = recordOf(source);
  const certificateAuthority =
    typeof caBundle === 'string' && caBundle !== '' ? Buffer.from(caBundle, 'base64').toString('utf8') : null;
  if (!isRecord(service)) return { url: String(url ?? ''), certificateAuthority };
  const { namespace, name, port, path } = service;
  return {
    service: {
      namespace: String(namespace),
      name: String(name),
      port: typeof port === 'number' ? port : 443,
      path: typeof path === 'string' ? path : '/',
    },
    certificateAuthority,
  };
}

export function webhooksOf(configuration: StoredObject): Webhook[] {
  const kind = configuration.kind === 'MutatingWebhookConfiguration' ? 'mutating' : 'validating';
  return arrayOf(configuration['webhooks'])
    .filter(isRecord)
    .map((source) => ({
      name: textAt(source, 'name'),
      kind,
      client: clientOf(source['clientConfig']),
      rules: rulesOf(source['rules']),
      matchesEquivalent: source['matchPolicy'] !== 'Exact',
      failsOpen: source['failurePolicy'] === 'Ignore',
      timeoutSeconds: typeof source['timeoutSeconds'] === 'number' ? source['timeoutSeconds'] : 10,
      namespaceSelector: source['namespaceSelector'] ?? {},
      objectSelector: source['objectSelector'] ?? {},
      conditions: arrayOf(source['matchConditions']).map((one) => ({
        name: textAt(one, 'name'),
        expression: textAt(one, 'expression'),
      })),
      asksAgain: source['reinvocationPolicy'] === 'IfNeeded',
    }));
}

function takesIn(list: readonly string[], value: string): boolean {
  return list.includes('*') || list.includes(value);
}

/** 'pods', '*', 'pods/*', a star and '/status' against 'pods' or 'pods/status'; '*' means no subresource. */
function resourceMatches(pattern: string, resource: string): boolean {
  const [wantedName, wantedSub] = pattern.split('/');
  const [name, sub] = resource.split('/');
  const nameMatches = wantedName === '*' || wantedName === name;
  if (wantedSub === '*') return nameMatches;
  return nameMatches && wantedSub === sub;
}

export function ruleMatches(rules: readonly Rule[], operation: Operation, subject: Subject): boolean {
  return rules.some(
    (rule) =>
      takesIn(rule.operations, operation) &&
      takesIn(rule.groups, subject.group) &&
      takesIn(rule.versions, subject.version) &&
      (rule.names.length === 0 || rule.names.includes(subject.name)) &&
      rule.resources.some((pattern) => resourceMatches(pattern, subject.resource)) &&
      (rule.scope === '*' || (rule.scope === 'Namespaced') === subject.namespaced),
  );
}

/** `namespace`: the one that the object is in, or is; null for other objects of the cluster. */
export function selectorsMatch(
  selecting: Pick<Webhook, 'namespaceSelector' | 'objectSelector'>,
  namespace: StoredObject | null,
  objects: readonly (StoredObject | null)[],
): boolean {
  if (namespace !== null && !labelSelectorMatches(selecting.namespaceSelector, namespace.metadata.labels))
    return false;
  return objects.some(
    (object) => object !== null && labelSelectorMatches(selecting.objectSelector, object.metadata.labels),
  );
}
