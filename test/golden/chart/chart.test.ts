// The chart is the manifests: rendered with some values, each object of it is what `tidegate manifests` prints with the same. The templates
// hold nothing but names of values, so that putting these in is all that helm would do.
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseAllDocuments, parse } from 'yaml';
import { deployDefaults, deployObjects, type DeployOptions } from '../../../src/cli/deploy/manifests.ts';

const folder = new URL('../../../deploy/chart/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, folder), 'utf8');
const values = parse(read('values.yaml')) as Readonly<Record<string, unknown>>;

function render(options: DeployOptions): readonly unknown[] {
  const { namespace, name, image, replicas, ingressClass } = options;
  const known: Readonly<Record<string, unknown>> = {
    '.Release.Namespace': namespace,
    '.Release.Name': name,
    '.Values.image': image,
    '.Values.replicas': replicas,
    '.Values.ingressClass': ingressClass,
  };
  const text = read('templates/tidegate.yaml').replace(/\{\{ ([^}]+) \}\}/g, (_whole, value: string) => {
    expect(Object.keys(known)).toContain(value);
    return String(known[value]);
  });
  return parseAllDocuments(text).map((document) => document.toJS() as unknown);
}

/** The class is always said in the chart, and only where it is another one in the manifests. */
function manifests(options: DeployOptions): readonly unknown[] {
  const objects = deployObjects(options).filter(({ kind }) => kind !== 'Namespace');
  if (options.ingressClass !== deployDefaults.ingressClass) return objects;
  return JSON.parse(
    JSON.stringify(objects).replace('"--last-good=/last-good"', '"--last-good=/last-good","--ingress-class=kong"'),
  ) as readonly unknown[];
}

const cases: readonly (readonly [string, DeployOptions])[] = [
  ['its defaults', deployDefaults],
  [
    'other names',
    { namespace: 'edge', name: 'gate', image: 'registry.example/tidegate:9', replicas: 5, ingressClass: 'edge' },
  ],
];
test.each(cases)('with %s', (_name, options) => {
  expect(render(options)).toEqual(manifests(options));
});

test('its values are the defaults of the manifests', () => {
  const { image, replicas, ingressClass } = deployDefaults;
  expect(values).toEqual({ image, replicas, ingressClass });
});

test('it brings the definitions of Kong’s kinds', () => {
  expect(existsSync(new URL('crds/kong-plugin.yaml', folder))).toBe(true);
});
