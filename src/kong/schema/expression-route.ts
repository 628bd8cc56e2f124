// Schema of routes where the router takes expressions: all fields of other routes, or an expression in the place of those that
// say what a route matches.
import { readExpression } from '../expressions/check.ts';
import type { EntitySchema, Filled } from './field.ts';
import { crossCheckRoute, isSet, routeSchema } from './route.ts';

const priorityMax = 2 ** 46 - 1;

const attributes = ['methods', 'hosts', 'paths', 'headers', 'snis', 'sources', 'destinations'];
const attributesText = "'methods', 'hosts', 'paths', 'headers', 'snis', 'sources' or 'destinations'";

/** Kong's sentence, or null. */
function expressionProblem(value: Filled): string | null {
  const { expression, priority, regex_priority: regexPriority } = value;
  const hasAttributes = attributes.some((field) => isSet(value[field]));
  const isPrioritised = (number: unknown) => number !== null && number !== undefined && number !== 0;
  if (typeof expression !== 'string')
    return hasAttributes && isPrioritised(priority)
      ? `cannot set 'priority' with ${attributesText} simultaneously`
      : null;
  if (hasAttributes) return `cannot set 'expression' with ${attributesText} simultaneously`;
  if (isPrioritised(regexPriority)) return "cannot set 'regex_priority' with 'expression' simultaneously";
  const protocols = value['protocols'] as readonly string[];
  const isStream = protocols.some((protocol) => /^(tcp|tls|udp|tls_passthrough)$/.test(protocol));
  const read = readExpression(expression, isStream ? 'stream' : 'http');
  return read.ok ? null : read.error;
}

export const expressionRouteSchema: EntitySchema = {
  ...routeSchema,
  fields: {
    ...routeSchema.fields,
    expression: {
      type: 'string',
      docs: 'What requests the route is for, in the place of methods, hosts, paths, headers and snis.',
    },
    priority: {
      type: 'integer',
      between: [0, priorityMax],
      default: 0,
      required: true,
      docs: 'Of routes with an expression: higher ones are tried first.',
    },
  },
  crossCheck(value, report, isRight) {
    crossCheckRoute(value, report, isRight, ['expression']);
    const isRoute = ['protocols', 'expression', 'priority', 'regex_priority', ...attributes].every(isRight);
    const problem = isRoute ? expressionProblem(value) : null;
    if (problem !== null) report(['@entity'], `Router Expression failed validation: ${problem}`);
  },
};
