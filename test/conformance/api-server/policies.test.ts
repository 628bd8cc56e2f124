// Admission policies: which writes they refuse or warn of, and in which words.
import { describe, expect, test } from 'vitest';
import { configMap, configMaps, createFixture, type Fixture } from './fixture.ts';

const admission = '/apis/admissionregistration.k8s.io/v1';
const deployments = '/apis/apps/v1/namespaces/default/deployments';

type Members = Readonly<Record<string, unknown>>;

const everything = { operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*'] };

function install(fixture: Fixture, spec: Members, binding: Members = {}): void {
  fixture.must('POST', `${admission}/validatingadmissionpolicies`, {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'rule' },
    spec: { matchConstraints: { resourceRules: [everything] }, ...spec },
  });
  fixture.must('POST', `${admission}/validatingadmissionpolicybindings`, {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: 'bound' },
    spec: { policyName: 'rule', validationActions: ['Deny'], ...binding },
  });
}

function deployment(replicas: number): unknown {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'web', image: 'web:1' }] },
      },
    },
  };
}

const few = { validations: [{ expression: 'object.spec.replicas <= 5' }] };
const by = "ValidatingAdmissionPolicy 'rule' with binding 'bound' denied request: ";

interface Case {
  readonly spec: Members;
  readonly binding?: Members;
  /** null: it is let in. */
  readonly refusal: string | null;
  readonly status?: number;
  readonly warning?: string;
}

const cases: readonly (readonly [string, Case])[] = [
  [
    'that does not hold',
    {
      spec: few,
      refusal: `deployments.apps "web" is forbidden: ${by}failed expression: object.spec.replicas <= 5`,
    },
  ],
  ['that holds', { spec: { validations: [{ expression: 'object.spec.replicas <= 9' }] }, refusal: null }],
  [
    'with messages and a reason',
    {
      spec: {
        validations: [
          {
            expression: 'false',
            message: 'x',
            messageExpression: '"no " + object.metadata.name',
            reason: 'Forbidden',
          },
        ],
      },
      refusal: `${by}no web`,
      status: 403,
    },
  ],
  [
    'with variables out of variables',
    {
      spec: {
        variables: [
          { name: 'count', expression: 'object.spec.replicas' },
          { name: 'twice', expression: 'variables.count * 2' },
          { name: 'broken', expression: 'object.nothing' },
        ],
        validations: [{ expression: 'variables.twice < 10', message: 'too many' }],
      },
      refusal: `${by}too many`,
    },
  ],
  [
    'whose conditions leave it out',
    {
      spec: { ...few, matchConditions: [{ name: 'a', expression: 'request.operation == "DELETE"' }] },
      refusal: null,
    },
  ],
  [
    'that ends in an error',
    {
      spec: { validations: [{ expression: 'object.nothing == 1' }] },
      refusal: `${by}expression 'object.nothing == 1' resulted in error: No such key: nothing`,
    },
  ],
  [
    'that may end in an error',
    {
      spec: { failurePolicy: 'Ignore', validations: [{ expression: 'object.nothing == 1' }] },
      refusal: null,
    },
  ],
  [
    'about namespaces',
    {
      spec: { validations: [{ expression: 'namespaceObject.metadata.name != "default"' }] },
      refusal: `${by}failed expression: namespaceObject.metadata.name != "default"`,
    },
  ],
  [
    'of another kind',
    {
      spec: { ...few, matchConstraints: { resourceRules: [{ ...everything, resources: ['pods'] }] } },
      refusal: null,
    },
  ],
  [
    'of other names',
    {
      spec: { ...few, matchConstraints: { resourceRules: [{ ...everything, resourceNames: ['other'] }] } },
      refusal: null,
    },
  ],
  [
    'that excludes it',
    {
      spec: {
        ...few,
        matchConstraints: {
          resourceRules: [everything],
          excludeResourceRules: [{ ...everything, apiGroups: ['apps'] }],
        },
      },
      refusal: null,
    },
  ],
  [
    'bound to other namespaces',
    {
      spec: few,
      binding: { matchResources: { namespaceSelector: { matchLabels: { a: 'b' } } } },
      refusal: null,
    },
  ],
  [
    'that only warns',
    {
      spec: few,
      binding: { validationActions: ['Warn', 'Audit'] },
      refusal: null,
      warning:
        "Validation failed for ValidatingAdmissionPolicy 'rule' with binding 'bound': failed expression: object.spec.replicas <= 5",
    },
  ],
  [
    'with parameters, which are not supported',
    { spec: { ...few, paramKind: { apiVersion: 'v1', kind: 'ConfigMap' } }, refusal: null },
  ],
];

describe('a policy', () => {
  test.each(cases)('%s', (_name, { spec, binding, refusal, status, warning }) => {
    const fixture = createFixture();
    install(fixture, spec, binding);
    const answer = fixture.ask('POST', deployments, { body: deployment(6) });
    expect(answer.status, answer.text).toBe(refusal === null ? 201 : (status ?? 422));
    if (refusal !== null) expect(answer.body['message']).toContain(refusal);
    expect(answer.headers['warning'] ?? '').toBe(
      warning === undefined ? '' : `299 - ${JSON.stringify(warning)}`,
    );
  });

  test('without a binding is not in force', () => {
    const fixture = createFixture();
    install(fixture, few);
    fixture.must('DELETE', `${admission}/validatingadmissionpolicybindings/bound`);
    expect(fixture.ask('POST', deployments, { body: deployment(6) }).status).toBe(201);
  });

  test('sees what was there before, and deletions', () => {
    const fixture = createFixture();
    fixture.must('POST', configMaps, configMap('one', { a: 'b' }));
    install(fixture, {
      validations: [{ expression: 'object != null && oldObject.data.a == object.data.a' }],
    });
    expect(fixture.ask('PUT', `${configMaps}/one`, { body: configMap('one', { a: 'c' }) }).status).toBe(422);
    expect(
      fixture.ask('PUT', `${configMaps}/one`, { body: configMap('one', { a: 'b', x: 'y' }) }).status,
    ).toBe(200);
    expect(fixture.ask('DELETE', `${configMaps}/one`).status).toBe(422);
  });
});

test('a policy that nobody can read is refused, what is not supported is told', () => {
  const fixture = createFixture();
  const policy = (spec: Members) => ({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'rule' },
    spec: { matchConstraints: { resourceRules: [everything] }, ...spec },
  });
  const path = `${admission}/validatingadmissionpolicies`;
  const post = (spec: Members) => fixture.ask('POST', path, { body: policy(spec) });
  expect(post({ validations: [{ expression: 'object ==' }] }).text).toContain('compilation failed');
  expect(post({ validations: [] }).status).toBe(422);
  const told = post({ ...few, paramKind: { apiVersion: 'v1', kind: 'ConfigMap' } });
  expect(told.headers['warning']).toContain('parameters are not supported by this cluster');
});
