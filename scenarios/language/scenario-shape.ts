// The whole of a scenario file.

import { isMap, type Node } from 'yaml';
import { type ClientSpec, clientName, clientShape } from './client-shape.ts';
import type { ParameterValue, Placed } from './reading.ts';
import { offsetOf } from './reading.ts';
import {
  freeform,
  list,
  mapping,
  optional,
  placed,
  record,
  required,
  type Shape,
  some,
  type TypeOf,
  text,
  withDefault,
  word,
} from './shape.ts';
import { stepShape } from './step-shapes.ts';
import { worldShape } from './world-shape.ts';

const value: Shape<ParameterValue> = word(
  'a word, a number, true or false',
  { type: ['string', 'number', 'boolean'] },
  (given) =>
    typeof given === 'string' || typeof given === 'number' || typeof given === 'boolean'
      ? { value: given }
      : 'a parameter is a word, a number, true or false',
);

const each = record('values that are tried one after the other', {
  each: required(list(value), 'one run for each of them'),
});

/** Values of one parameter. */
const parameter: Shape<readonly ParameterValue[]> = {
  what: 'a value, or {each: [...]}',
  fields: each.fields!,
  schema: (definitions) => ({ anyOf: [value.schema(definitions), each.schema(definitions)] }),
  read(node, reading) {
    if (isMap(node)) return each.read(node as Node, reading)?.each;
    const one = value.read(node, reading);
    return one === undefined ? undefined : [one];
  },
};

/** Sentences, one or a list; they are read further once the clients are known. */
const sentences = some(placed(text('a sentence')));

const expectations = record('what holds over the whole of it', {
  always: withDefault(
    sentences,
    [],
    "figures of the clients' requests that hold in every run, such as `failed_requests == 0`",
  ),
  sometimes: withDefault(
    sentences,
    [],
    'conditions that at least one run has to meet; where none does, nothing is proven and the verdict is inconclusive',
  ),
});

const nothingExpected: TypeOf<typeof expectations> = { always: [], sometimes: [] };

const parameterName = text('a name', /^[a-z][a-z0-9-]*$/);
export const parametersShape = mapping(parameterName, parameter);

export const scenarioShape = record('a scenario', {
  scenario: required(text('a name'), 'its name, in lower case and without a full stop'),
  promise: required(text('a sentence'), 'what a user may rely on, in one sentence'),
  world: optional(worldShape, 'what there is at the beginning'),
  parameters: withDefault(
    parametersShape,
    [],
    'values that stand for `$NAME` everywhere; with `each` there is a run for every combination',
  ),
  clients: withDefault(mapping(clientName, clientShape), [], 'who sends requests'),
  steps: withDefault(list(stepShape), [], 'what happens, one step after the other'),
  plan: optional(
    freeform('a plan of the simulator'),
    'instead of world, clients and steps: a plan to the letter, as `scenario from-trace` writes it; only for `sim`',
  ),
  expect: withDefault(
    expectations,
    nothingExpected,
    'what holds over the whole of it, beside all properties',
  ),
});

export type ScenarioSpec = TypeOf<typeof scenarioShape>;
export type { ClientSpec, Placed };
export { offsetOf };
