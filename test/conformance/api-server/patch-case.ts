// What a patch is asked to do to an object, and how it is checked; the objects that the cases are about.
import { expect } from 'vitest';
import { deploymentObject } from '../../unit/controllers/small-cluster.ts';
import { configMap, configMaps, createFixture, type Fixture, patchTypes } from './fixture.ts';

export const deployments = '/apis/apps/v1/namespaces/default/deployments';

export interface Case {
  readonly does: string;
  readonly patch: unknown;
  /** What the object then holds, or how the patch is refused. */
  readonly becomes?: unknown;
  readonly refused?: readonly [status: number, message: string];
}

export type PatchType = keyof typeof patchTypes;

/** The object at `path` is patched; `view` is the part of it that the cases are about. */
export function check(
  fixture: Fixture,
  path: string,
  type: PatchType,
  { patch, becomes, refused }: Case,
  view: (object: Readonly<Record<string, unknown>>) => unknown,
): void {
  const before = fixture.must('GET', path);
  const answer = fixture.ask('PATCH', path, { body: patch, type: patchTypes[type] });
  const after = fixture.must('GET', path);
  if (refused !== undefined) {
    const [status, message] = refused;
    expect([answer.status, answer.body['message']]).toEqual([status, expect.stringContaining(message)]);
    expect(after).toEqual(before);
    return;
  }
  expect(answer.status, answer.text).toBe(200);
  expect(answer.body).toEqual(after);
  expect(view(after)).toEqual(becomes);
}

export function createConfigMap(): Fixture {
  const fixture = createFixture();
  fixture.must('POST', configMaps, configMap('m', { a: '1', b: '2' }));
  return fixture;
}

/** Containers a and b; a has ports 80 and 81 and two variables. */
export function podSpec(containers: unknown): unknown {
  return { spec: { template: { spec: { containers } } } };
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly ports?: readonly { readonly containerPort: number }[];
  readonly env?: readonly { readonly name: string }[];
}

export function containersOf(object: Readonly<Record<string, unknown>>): readonly Container[] {
  return (object as { spec: { template: { spec: { containers: Container[] } } } }).spec.template.spec
    .containers;
}

export function shortly({ name, image, ports = [], env = [] }: Container): string {
  const ported = ports.length === 0 ? '' : ` ports ${ports.map(({ containerPort }) => containerPort)}`;
  return `${name}=${image}${ported}${env.length === 0 ? '' : ` env ${env.map((variable) => variable.name)}`}`;
}

export function createDeployment(): Fixture {
  const fixture = createFixture();
  const a = {
    name: 'a',
    image: 'a:1',
    ports: [{ containerPort: 80 }, { containerPort: 81 }],
    env: [
      { name: 'X', value: '1' },
      { name: 'Y', value: '2' },
    ],
  };
  const object = deploymentObject('shop', 2) as unknown as {
    spec: { template: { spec: Record<string, unknown> } };
  };
  const template = { ...object.spec.template, spec: { containers: [a, { name: 'b', image: 'b:1' }] } };
  fixture.must('POST', deployments, { ...object, spec: { ...object.spec, template } });
  return fixture;
}
