// Defects of translation: whose object it is, which endpoints count, what one mistake costs.
import type { Canary } from './canary.ts';

export const translateCanaries: readonly Canary[] = [
  {
    name: 'other-zones-alone',
    property: 'P30',
    summary: 'Of a Service that wants its traffic near, the endpoints meant for other zones are used.',
    file: 'src/translate/targets.ts',
    find: '    ? ({ zones }) => zones.includes(zone)',
    replace: '    ? ({ zones }) => !zones.includes(zone)',
  },
  {
    name: 'ignores-serving',
    property: 'P03',
    summary: 'Endpoints that terminate and no longer serve are used when none is ready.',
    file: 'src/translate/targets.ts',
    find: 'return !isReady(endpoint) && endpoint.terminating === true && endpoint.serving !== false;',
    replace: 'return !isReady(endpoint) && endpoint.terminating === true;',
  },
  {
    name: 'unready-endpoints-used',
    property: 'P02',
    summary: 'Endpoints that are not ready are sent requests.',
    file: 'src/translate/targets.ts',
    find: '    if (isReady(endpoint)) return isUsed(endpoint) ? fullWeight : null;',
    replace: '    if (isReady(endpoint) || endpoint.terminating !== true) return fullWeight;',
  },
  {
    name: 'absent-means-unready',
    property: 'P38',
    summary: 'An endpoint without a ready condition counts as not ready.',
    file: 'src/translate/targets.ts',
    find: 'return endpoint.ready ?? true;',
    replace: 'return endpoint.ready === true;',
  },
  {
    name: 'last-slice-only',
    property: 'P37',
    summary: 'Of several EndpointSlices of a Service only one counts.',
    file: 'src/translate/targets.ts',
    find: '  for (const slice of slices) {\n    for (const port of slice.ports) {',
    replace: '  for (const slice of slices.slice(-1)) {\n    for (const port of slice.ports) {',
  },
  {
    name: 'keeps-removed-endpoints',
    property: 'P04',
    summary: 'Endpoints that are gone stay targets.',
    file: 'src/translate/translate.ts',
    find: "      if (!kept.has(target.id)) remove.push({ type: 'targets', id: target.id });",
    replace:
      "      if (!kept.has(target.id) && next.targets.length === 0) remove.push({ type: 'targets', id: target.id });",
  },
  {
    name: 'new-endpoints-forgotten',
    property: 'P11',
    summary: 'A Service that had no endpoints gets none when some appear.',
    file: 'src/translate/translate.ts',
    find: '      if (isServed && !old.has(entity) && !isExcluded(entity.id)) upsert.push',
    replace: '      if (isServed && old.size > 0 && !old.has(entity) && !isExcluded(entity.id)) upsert.push',
  },
  {
    name: 'id-collision',
    property: 'P56',
    summary: 'Names are joined so that a-b and c give the same as a and b-c.',
    file: 'src/translate/names.ts',
    find: 'return `${service}.${namespace}.${portText(port)}.svc`;',
    replace: 'return `${namespace}-${service}.${portText(port)}.svc`;',
  },
  {
    name: 'any-class',
    property: 'P36',
    summary: 'Ingresses of other classes are served too.',
    file: 'src/translate/ingress-class.ts',
    find: "  if (given === className || (given === '' && isDefault)) return null;",
    replace: '  if (given !== null || className === null || isDefault) return null;',
  },
  {
    name: 'secrets-of-others',
    property: 'P35',
    summary: 'A certificate is looked for in other namespaces too.',
    file: 'src/translate/certificates.ts',
    find: 'const secret = secrets.get(`${ingress.metadata.namespace}/${entry.secretName}`);',
    replace:
      'const secret =\n        secrets.get(`${ingress.metadata.namespace}/${entry.secretName}`) ??\n        [...secrets.values()].find(({ metadata }) => metadata.name === entry.secretName);',
  },
  {
    name: 'one-bad-object-blocks-all',
    property: 'P30',
    summary: 'While any Ingress is wrong, the last config stays.',
    file: 'src/control/control.ts',
    find: '    if (before !== null && before.config.id === translation.config.id) emptyRounds++;',
    replace:
      '    if (before !== null && (before.config.id === translation.config.id || problems().length > 0)) emptyRounds++;',
  },
  {
    name: 'bad-certificate-stops-the-others',
    property: 'P32',
    summary: 'After the first certificate that cannot be used, no other one is looked at.',
    file: 'src/translate/certificates.ts',
    find: '  for (const ingress of ingresses) {\n    ingress.spec.tls',
    replace: '  for (const ingress of ingresses) {\n    if (found.length > 0) break;\n    ingress.spec.tls',
  },
  {
    name: 'order-of-arrival',
    property: 'P34',
    summary: 'Objects are translated in the order in which they arrived.',
    file: 'src/store/sorted-table.ts',
    find: `    this.#own().splice(this.#position(object), 0, object);
  }

  /** \`object\` itself, not one like it. */
  remove(object: T): void {
    const list = this.#own();
    const position = this.#position(object);
    if (list[position] === object) list.splice(position, 1);`,
    replace: `    this.#own().push(object);
  }

  remove(object: T): void {
    const list = this.#own();
    const position = list.indexOf(object);
    if (position >= 0) list.splice(position, 1);`,
  },
  {
    name: 'newest-wins',
    property: 'P34',
    summary: 'Of two Ingresses with the same path the newer one is served.',
    file: 'src/kube/snapshot.ts',
    find: 'compareStrings(a.metadata.creationTimestamp, b.metadata.creationTimestamp) ||',
    replace: 'compareStrings(b.metadata.creationTimestamp, a.metadata.creationTimestamp) ||',
  },
  {
    name: 'services-of-others',
    property: 'P35',
    summary: 'A backend that is missing is looked for in other namespaces too.',
    file: 'src/translate/routing.ts',
    find: `    const { backend } = entry.draft;
    const source = services.get(\`\${backend.namespace}/\${backend.service}\`) ?? null;`,
    replace: `    const named = entry.draft.backend;
    const source =
      services.get(\`\${named.namespace}/\${named.service}\`) ??
      [...services.values()].find(({ metadata }) => metadata.name === named.service) ??
      null;
    const backend = { ...named, namespace: source?.metadata.namespace ?? named.namespace };`,
  },
  {
    name: 'another-certificate-for-a-broken-one',
    property: 'P25',
    summary: 'A host whose Secret is broken shows the certificate of somebody else.',
    file: 'src/translate/certificates.ts',
    find: `      if ('why' in pair) {
        found.push`,
    replace: `      if ('why' in pair) {
        const other = [...owners.values()][0];
        if (other !== undefined)
          for (const host of entry.hosts) addHost(host, field, ingress, other, owners, builder);
        found.push`,
  },
  {
    name: 'secrets-always-have-data',
    property: 'P00',
    summary: 'A Secret without a certificate is read as if it had one.',
    file: 'src/translate/certificates.ts',
    find: "    if (secretText(secret, name) === null) return { why: `it has no value '${name}'` };",
    replace: '    secretText(secret, name);',
  },
  {
    name: 'known-entities-stay-as-they-are',
    property: 'D1',
    summary: 'An entity that the config has is not replaced by a newer state of itself.',
    file: 'src/translate/builder.ts',
    find: 'table.set(entity.id, isSame ? old : entity);',
    replace: 'table.set(entity.id, isSame || old !== undefined ? old! : entity);',
  },
  {
    name: 'groups-unfollowed',
    property: 'P50',
    summary: 'A change of consumer groups alone changes no config, also when endpoints change afterwards.',
    file: 'src/translate/translate.ts',
    find: "  'kongConsumerGroups',\n  'kongUpstreamPolicies',\n",
    replace: "  'kongUpstreamPolicies',\n",
  },
];
