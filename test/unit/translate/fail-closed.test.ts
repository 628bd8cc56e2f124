// A plugin that cannot be used closes what uses it, and nothing else.
import { expect, test } from 'vitest';
import { parseManifests } from '../../../src/cli/manifests.ts';
import { createStore } from '../../../src/store/store.ts';
import { defaultOptions } from '../../../src/translate/options.ts';
import { translate } from '../../../src/translate/translate.ts';

function ingress(name: string, plugins: string): string {
  return `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: ${name}, namespace: default, annotations: { konghq.com/plugins: '${plugins}' } }
spec:
  ingressClassName: kong
  rules:
    - host: ${name}.example
      http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: ${name}, port: { number: 80 } } } }] }
---`;
}

function plugin(name: string, kind: string, more = ''): string {
  return `
apiVersion: configuration.konghq.com/v1
kind: KongPlugin
metadata: { name: ${name}, namespace: default }
plugin: ${kind}
${more}
---`;
}

/** Names of the Ingresses whose routes answer 503. */
function check(plugins: string, expected: readonly string[]): void {
  const store = createStore();
  for (const { object } of parseManifests(ingress('one', 'p') + ingress('two', '') + plugins, 'test'))
    store.apply({ type: 'upsert', object });
  const { entities } = translate(store.snapshot(), defaultOptions, null).config;
  const routes = [...entities.routes.values()];
  expect(routes.length).toBe(2);
  const closed = routes.filter((route) => route.service === null);
  expect(closed.map((route) => route.name?.split('.')[1])).toEqual(expected);
}

test('a plugin that cannot be used closes its routes', () => {
  check(plugin('p', 'key-auth'), []);
  check('', ['one']);
  check(plugin('p', 'frobnicate'), ['one']);
  check(plugin('p', 'key-auth', 'config: { colour: red }'), ['one']);
  check(plugin('p', 'key-auth', 'configFrom: { secretKeyRef: { name: nowhere, key: a } }'), ['one']);
  check(plugin('p', 'prometheus'), []);
});
