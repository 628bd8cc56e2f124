// docs/reference/scenarios.md: the language of scenarios, made of its shapes.
import { clientShape } from '../../../scenarios/language/client-shape.ts';
import { expectShape } from '../../../scenarios/language/expect-shape.ts';
import { faultMembers } from '../../../scenarios/language/fault-shape.ts';
import { faultAliases } from '../../../scenarios/language/fault-words.ts';
import { kindWords } from '../../../scenarios/language/kinds.ts';
import { podShape } from '../../../scenarios/language/pod-shape.ts';
import { scenarioShape } from '../../../scenarios/language/scenario-shape.ts';
import type { Field, Shape } from '../../../scenarios/language/shape.ts';
import { patchShape, settingsShape, stepFields } from '../../../scenarios/language/step-shapes.ts';
import { worldShape } from '../../../scenarios/language/world-shape.ts';
import { faults } from '../../../sim/faults/catalogue.ts';
import { conditions } from '../../../sim/properties/conditions.ts';
import { measureMeanings } from '../../../sim/properties/measures.ts';
import { page, table } from './pages.ts';

type Fields = Readonly<Record<string, Field<unknown>>>;

function absentOf({ absent, required }: Field<unknown>): string {
  if (required) return 'required';
  if (absent === undefined || typeof absent === 'object') return '';
  return `\`${String(absent)}\``;
}

/** What stands there, without what a table of its own says. */
function whatOf({ what }: Shape<unknown>): string {
  return what.length > 160 ? `${what.slice(0, 157)}...` : what;
}

function fieldTable(fields: Fields): string {
  return table(
    ['member', 'what stands there', 'absent', 'meaning'],
    Object.entries(fields).map(([name, field]) => [
      `\`${name}\``,
      whatOf(field.shape),
      absentOf(field),
      field.doc,
    ]),
  );
}

const fieldsOf = (shape: Shape<unknown>): Fields => shape.fields ?? {};

function faultRows(): readonly (readonly string[])[] {
  const aliases = Object.entries(faultAliases).map(([word, { fault, summary, parameters = {} }]) => [
    `\`${word}\``,
    `\`${fault}\`${Object.keys(parameters).length === 0 ? '' : `, with ${Object.keys(parameters).join(', ')}`}`,
    summary,
  ]);
  return [...aliases, ...faults.map(({ id, name, summary }) => [`\`${name}\``, id, summary])];
}

export function scenariosPage(): string {
  return page(
    'The language of scenarios',
    '[Scenarios](../scenarios.md) shows how it is used. The same shapes make the JSON Schema, [scenarios/schema.json](../../scenarios/schema.json).',
    'Words of one line may be parameters, `$NAME`, wherever they stand; `$$` is a dollar.',
    '## A scenario',
    fieldTable(fieldsOf(scenarioShape)),
    '## world',
    fieldTable(fieldsOf(worldShape)),
    '### world.figures',
    fieldTable(fieldsOf(worldShape.fields!['figures']!.shape)),
    '## clients.NAME',
    fieldTable(fieldsOf(clientShape)),
    '## steps',
    'Each step is a map with exactly one of these.',
    fieldTable(stepFields),
    '### set.OBJECT',
    fieldTable(fieldsOf(settingsShape)),
    '### pods',
    fieldTable(fieldsOf(podShape)),
    '### patch.OBJECT',
    fieldTable(fieldsOf(patchShape)),
    '### wait',
    fieldTable(fieldsOf(stepFields.wait.shape)),
    '### expect',
    fieldTable(fieldsOf(expectShape)),
    '### fault',
    'The first member names the fault and what it is aimed at: `deployment/shop`, `proxy-1`, `proxy-1/worker-2`, `controller-1`, `node-1`, `endpointslices`, `all`, or `any` for what the seed chooses. Further members are the figures of its kind, in lower case with hyphens; what is not given is drawn by the seed.',
    table(
      ['member', 'what stands there', 'meaning'],
      Object.entries(faultMembers).map(([name, { shape, doc }]) => [`\`${name}\``, shape.what, doc]),
    ),
    table(['word', 'stands for, or id', 'what happens'], faultRows()),
    '## Objects',
    `Written as \`kind/name\`, or \`kind/namespace/name\`. Kinds: ${Object.keys(kindWords)
      .map((word) => `\`${word}\``)
      .join(', ')}.`,
    '## expect.always',
    'A figure, a comparison and a number: `failed_requests(buyers) == 0`. Without names it is about all clients. `p50`, `p90` and `p99` are compared with a duration, and judged only where time is real.',
    table(
      ['figure', 'what it counts'],
      Object.entries(measureMeanings).map(([name, meaning]) => [`\`${name}\``, meaning]),
    ),
    '## expect.sometimes',
    'One of these, or a figure as above. At least one run has to meet it.',
    table(
      ['condition', 'met when'],
      conditions.map(({ name, meaning }) => [`\`${name}\``, meaning]),
    ),
  );
}
