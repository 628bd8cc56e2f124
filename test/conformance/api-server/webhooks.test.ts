// Admission webhooks: who is asked, in which order, what becomes of their answers, and what if there are none.
import { describe, expect, test } from 'vitest';
import type { WebhookClients } from '../../../sim/cluster/admission/webhooks.ts';
import { configMap, configMaps, createFixture, type Fixture, patchTypes } from './fixture.ts';

type Review = Readonly<Record<string, unknown>>;
/** What the webhook behind an address does with a review; null: it never answers. */
type Behaviour = (request: Review) => Readonly<Record<string, unknown>> | string | null;

interface Hooks {
  readonly fixture: Fixture;
  /** Of all that were asked: 'name operation'. */
  readonly asked: string[];
  readonly reviews: Review[];
  readonly stopped: () => number;
}

function createHooks(behaviours: Readonly<Record<string, Behaviour>>): Hooks {
  const asked: string[] = [];
  const reviews: Review[] = [];
  let closed = 0;
  const webhooks: WebhookClients = {
    open({ url = '' }) {
      const name = new URL(url).hostname;
      const behaviour = behaviours[name];
      if (behaviour === undefined) return 'connect: connection refused';
      return {
        request(given, handler) {
          const { request } = JSON.parse(given.body!.toString('utf8')) as { request: Review };
          asked.push(`${name} ${request['operation']}`);
          reviews.push(request);
          const response = behaviour(request);
          if (response === null) return { cancel: () => undefined };
          const document = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response };
          fixture.clock.after(1, () => {
            handler.onHead(200, {});
            handler.onData(Buffer.from(typeof response === 'string' ? response : JSON.stringify(document)));
            handler.onEnd(null);
          });
          return { cancel: () => undefined };
        },
        close() {
          closed++;
        },
      };
    },
  };
  const fixture = createFixture({ webhooks });
  return { fixture, asked, reviews, stopped: () => closed };
}

const configurations = '/apis/admissionregistration.k8s.io/v1';

function install(
  fixture: Fixture,
  kind: 'Mutating' | 'Validating',
  host: string,
  more: Readonly<Record<string, unknown>> = {},
): void {
  const rule = { operations: ['*'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] };
  fixture.must('POST', `${configurations}/${kind.toLowerCase()}webhookconfigurations`, {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: `${kind}WebhookConfiguration`,
    metadata: { name: host },
    webhooks: [
      {
        name: `${host}.example.com`,
        clientConfig: { url: `https://${host}/check` },
        rules: [rule],
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
        ...more,
      },
    ],
  });
}

const allow: Behaviour = ({ uid }) => ({ uid, allowed: true });
const deny =
  (status: unknown): Behaviour =>
  ({ uid }) => ({ uid, allowed: false, status });
const patch =
  (...operations: readonly unknown[]): Behaviour =>
  ({ uid }) => ({
    uid,
    allowed: true,
    patchType: 'JSONPatch',
    patch: Buffer.from(JSON.stringify(operations)).toString('base64'),
  });
const addKey = (key: string): unknown => ({ op: 'add', path: `/data/${key}`, value: 'x' });

function created(fixture: Fixture, name = 'one', waitMs = 100) {
  const answer = fixture.ask('POST', configMaps, { body: configMap(name, { a: 'b' }) });
  fixture.clock.advance(waitMs);
  return answer;
}

describe('a validating webhook', () => {
  test('is shown the object as it would be stored, and lets it in', () => {
    const { fixture, reviews, stopped } = createHooks({ one: allow });
    install(fixture, 'Validating', 'one');
    const answer = created(fixture);
    expect(answer.status).toBe(201);
    expect(reviews[0]).toMatchObject({
      operation: 'CREATE',
      namespace: 'default',
      name: 'one',
      kind: { group: '', version: 'v1', kind: 'ConfigMap' },
      resource: { group: '', version: 'v1', resource: 'configmaps' },
      object: { kind: 'ConfigMap', data: { a: 'b' }, metadata: { name: 'one' } },
      oldObject: null,
      dryRun: false,
      userInfo: { username: 'tidegate' },
    });
    const shown = reviews[0]!['object'] as { metadata: { uid: string } };
    expect((answer.body['metadata'] as { uid: string }).uid).toBe(shown.metadata.uid);
    expect(stopped()).toBe(1);
  });

  test.each([
    [{ message: 'not today', code: 403, reason: 'Forbidden' }, 403, 'Forbidden', ': not today'],
    [{ message: 'not today' }, 400, '', ': not today'],
    [{ reason: 'Invalid', code: 200 }, 400, 'Invalid', ': Invalid'],
    [{}, 400, '', ' without explanation'],
  ])('that denies with %j is told in the words of a server', (status, code, reason, why) => {
    const { fixture } = createHooks({ one: deny(status) });
    install(fixture, 'Validating', 'one');
    const answer = created(fixture);
    expect(answer.status).toBe(code);
    expect(answer.body).toMatchObject({
      reason,
      message: `admission webhook "one.example.com" denied the request${why}`,
    });
    expect(fixture.ask('GET', `${configMaps}/one`).status).toBe(404);
  });

  test('warns whoever writes', () => {
    const { fixture } = createHooks({ one: ({ uid }) => ({ uid, allowed: true, warnings: ['old style'] }) });
    install(fixture, 'Validating', 'one');
    expect(created(fixture).headers['warning']).toBe('299 - "old style"');
  });

  test('is asked about updates, patches and deletions too, and each can be refused', () => {
    const { fixture, asked } = createHooks({ one: deny({ message: 'no' }) });
    fixture.must('POST', configMaps, configMap('one', { a: 'b' }));
    install(fixture, 'Validating', 'one');
    const asks = [
      fixture.ask('PUT', `${configMaps}/one`, { body: configMap('one', { a: 'c' }) }),
      fixture.ask('PATCH', `${configMaps}/one`, { body: { data: { a: 'c' } }, type: patchTypes.merge }),
      fixture.ask('PATCH', `${configMaps}/one?fieldManager=me&force=true`, {
        body: configMap('one', { a: 'c' }),
        type: patchTypes.apply,
      }),
      fixture.ask('PATCH', `${configMaps}/two?fieldManager=me`, {
        body: configMap('two', {}),
        type: patchTypes.apply,
      }),
      fixture.ask('DELETE', `${configMaps}/one`),
      fixture.ask('DELETE', configMaps),
    ];
    fixture.clock.advance(1_000);
    expect(asks.map(({ status }) => status)).toEqual([400, 400, 400, 400, 400, 400]);
    expect(asked).toEqual(
      ['UPDATE', 'UPDATE', 'UPDATE', 'CREATE', 'DELETE', 'DELETE'].map((one) => `one ${one}`),
    );
    expect(fixture.ask('GET', `${configMaps}/one`).body['data']).toEqual({ a: 'b' });
  });
});

describe('mutating webhooks', () => {
  test('see what those before them have made, in the order of their names', () => {
    const { fixture, asked, reviews } = createHooks({
      alpha: patch(addKey('alpha')),
      beta: patch(addKey('beta')),
    });
    install(fixture, 'Mutating', 'beta');
    install(fixture, 'Mutating', 'alpha');
    expect(created(fixture).body['data']).toEqual({ a: 'b', alpha: 'x', beta: 'x' });
    expect(asked).toEqual(['alpha CREATE', 'beta CREATE']);
    expect(reviews[1]!['object']).toMatchObject({ data: { alpha: 'x' } });
  });

  test('are asked again where they wish it and something came after them', () => {
    const { fixture, asked } = createHooks({ alpha: allow, beta: patch(addKey('beta')) });
    install(fixture, 'Mutating', 'alpha', { reinvocationPolicy: 'IfNeeded' });
    install(fixture, 'Mutating', 'beta');
    expect(created(fixture).status).toBe(201);
    expect(asked).toEqual(['alpha CREATE', 'beta CREATE', 'alpha CREATE']);
  });

  test('may make a wrong object right, and a right one wrong', () => {
    const { fixture } = createHooks({ one: patch({ op: 'remove', path: '/data/bad key' }) });
    install(fixture, 'Mutating', 'one');
    const repaired = fixture.ask('POST', configMaps, { body: configMap('one', { 'bad key': 'x' }) });
    fixture.clock.advance(10);
    expect(repaired.status).toBe(201);
    const other = createHooks({ one: patch({ op: 'add', path: '/data/bad key', value: 'x' }) });
    install(other.fixture, 'Mutating', 'one');
    expect(created(other.fixture).status).toBe(422);
  });

  test('do not make another object of it', () => {
    const moved = [
      { op: 'replace', path: '/metadata/name', value: 'other' },
      { op: 'replace', path: '/metadata/namespace', value: 'kube-system' },
      { op: 'replace', path: '/kind', value: 'Secret' },
      { op: 'replace', path: '/apiVersion', value: 'v9' },
      { op: 'replace', path: '/metadata/uid', value: 'x' },
    ];
    const { fixture } = createHooks({ one: patch(...moved) });
    install(fixture, 'Mutating', 'one');
    expect(created(fixture).body).toMatchObject({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'one', namespace: 'default', uid: expect.stringContaining('-') },
    });
  });

  test.each([
    [{ op: 'remove', path: '/metadata' }, 500],
    [{ op: 'replace', path: '', value: 'nothing' }, 500],
    [{ op: 'replace', path: '/metadata/labels', value: 7 }, 422],
    [{ op: 'add', path: '/metadata/finalizers', value: [{}] }, 422],
    [{ op: 'replace', path: '/data', value: [] }, 422],
  ])('that leave %j of it are refused, and the server lives', (operation, status) => {
    const { fixture } = createHooks({ one: patch(operation) });
    fixture.must('POST', configMaps, configMap('before', {}, { app: 'x' }));
    install(fixture, 'Mutating', 'one');
    const answer = fixture.ask('POST', configMaps, { body: configMap('one', { a: 'b' }, { app: 'x' }) });
    fixture.clock.advance(100);
    expect(answer.status, answer.text).toBe(status);
    expect(fixture.ask('GET', `${configMaps}/before`).status).toBe(200);
  });

  test('do not change what a dry run stores', () => {
    const { fixture, reviews } = createHooks({ one: patch(addKey('one')) });
    install(fixture, 'Mutating', 'one');
    const answer = fixture.ask('POST', `${configMaps}?dryRun=All`, { body: configMap('one', {}) });
    fixture.clock.advance(10);
    expect(answer.body['data']).toEqual({ one: 'x' });
    expect(reviews[0]!['dryRun']).toBe(true);
    expect(fixture.ask('GET', `${configMaps}/one`).status).toBe(404);
  });
});

describe('a webhook that does not answer as it should', () => {
  const never: Behaviour = () => null;
  test.each<readonly [string, Behaviour | undefined, string]>([
    ['is not there', undefined, 'connect: connection refused'],
    ['takes too long', never, 'context deadline exceeded'],
    ['is no JSON', () => '<html>', 'the response is not JSON'],
    ['answers another question', () => ({ uid: 'x', allowed: true }), 'expected response.uid='],
    [
      'patches in another way',
      ({ uid }) => ({ uid, allowed: true, patch: 'e30=', patchType: 'Merge' }),
      'patchType',
    ],
  ])('because it %s fails the write, or not, as its policy says', (_name, behaviour, why) => {
    for (const [failurePolicy, wanted] of [
      ['Fail', 500],
      ['Ignore', 201],
    ] as const) {
      const { fixture } = createHooks(behaviour === undefined ? {} : { one: behaviour });
      install(fixture, 'Mutating', 'one', { failurePolicy, timeoutSeconds: 3 });
      const answer = created(fixture, 'one', 2_900);
      if (behaviour === never) expect(answer.ended).toBe('open');
      fixture.clock.advance(200);
      expect(answer.status).toBe(wanted);
      if (wanted === 500) {
        expect(answer.body['message']).toContain(
          'Internal error occurred: failed calling webhook "one.example.com": ',
        );
        expect(answer.body['message']).toContain(why);
      }
    }
  });

  test('cannot be reached at all from a cluster without sockets', () => {
    const fixture = createFixture();
    install(fixture, 'Validating', 'one');
    expect(created(fixture).text).toContain('this cluster cannot call webhooks');
  });
});

describe('only those are asked', () => {
  const other = { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['secrets'] };
  test.each<readonly [string, Readonly<Record<string, unknown>>, readonly string[]]>([
    ['whose rules match', { rules: [other] }, []],
    ['whose operations match', { rules: [{ ...other, operations: ['DELETE'], resources: ['*'] }] }, []],
    ['who name all resources', { rules: [{ ...other, resources: ['*/*'] }] }, ['one CREATE']],
    ['who are not only for status', { rules: [{ ...other, resources: ['configmaps/status'] }] }, []],
    [
      'who are not for kinds of the cluster',
      { rules: [{ ...other, resources: ['*'], scope: 'Cluster' }] },
      [],
    ],
    [
      'whose namespace matches',
      { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'other' } } },
      [],
    ],
    ['whose labels match', { objectSelector: { matchLabels: { app: 'shop' } } }, []],
    ['whose conditions hold', { matchConditions: [{ name: 'b', expression: 'object.data.a == "c"' }] }, []],
    [
      'whose conditions hold',
      { matchConditions: [{ name: 'b', expression: 'request.operation == "CREATE"' }] },
      ['one CREATE'],
    ],
  ])('%s', (_name, more, wanted) => {
    const { fixture, asked } = createHooks({ one: allow });
    install(fixture, 'Validating', 'one', more);
    expect(created(fixture).status).toBe(201);
    expect(asked).toEqual(wanted);
  });

  test('who are not about webhooks', () => {
    const { fixture, asked } = createHooks({ one: deny({}) });
    const all = { operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*'] };
    install(fixture, 'Validating', 'one', { rules: [all] });
    fixture.must('DELETE', `${configurations}/validatingwebhookconfigurations/one`);
    expect(asked).toEqual([]);
  });
});

test('a write that somebody else overtakes while webhooks think begins anew', () => {
  const { fixture, asked } = createHooks({ one: allow });
  fixture.must('POST', configMaps, configMap('one', { a: 'b' }));
  install(fixture, 'Validating', 'one');
  const slow = fixture.ask('PATCH', `${configMaps}/one`, {
    body: { data: { mine: 'x' } },
    type: patchTypes.merge,
  });
  fixture.api.store.mergePatch('configmaps', 'default', 'one', { data: { theirs: 'y' } });
  fixture.clock.advance(100);
  expect(slow.body['data']).toEqual({ a: 'b', mine: 'x', theirs: 'y' });
  expect(asked.length).toBe(2);
});
