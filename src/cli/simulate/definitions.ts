// The custom resources that every simulated cluster knows: those of deploy/crds that the product reads.
import { parseAllDocuments } from 'yaml';
import { readCrdTexts } from '../embedded-cluster.ts';

const kinds: ReadonlySet<string> = new Set([
  'KongPlugin',
  'KongClusterPlugin',
  'KongConsumer',
  'KongConsumerGroup',
  'KongCustomEntity',
  'KongUpstreamPolicy',
  'KongVault',
]);

interface Definition {
  readonly spec: { readonly names: { readonly kind: string } };
}

export function readDefinitions(): readonly unknown[] {
  return readCrdTexts()
    .flatMap((text) => parseAllDocuments(text).map((document) => document.toJS() as Definition | null))
    .filter((definition) => definition !== null && kinds.has(definition.spec.names.kind));
}
