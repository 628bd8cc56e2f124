// The published JSON Schema of scenarios: what editors complete and check by. Made of the shapes, held by a golden test.
import { scenarioShape } from './scenario-shape.ts';
import type { Definitions, JsonSchema } from './shape.ts';

export function scenarioSchema(): JsonSchema {
  const definitions: Definitions = new Map();
  const schema = scenarioShape.schema(definitions);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Tidegate scenario',
    description:
      'What happens to a cluster and its ingress, and what is promised of it. See docs/scenarios.md.',
    ...schema,
    $defs: Object.fromEntries(definitions),
  };
}
