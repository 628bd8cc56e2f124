// `expect`: something that comes true within a time, is so all the time, or never.
import { objectKey, objectName } from './kinds.ts';
import { requestLine } from './request-line.ts';
import {
  choice,
  freeform,
  mapping,
  optional,
  record,
  required,
  type Shape,
  some,
  type TypeOf,
  text,
  whole,
  wordOr,
} from './shape.ts';
import { duration } from './units.ts';

/** Statuses of answers, or `true` for what is no request. */
const manner: Shape<true | readonly number[]> = {
  what: 'a status or a list of them for requests, true for everything else',
  schema: (definitions) => ({
    anyOf: [{ const: true }, some(whole(100, 599)).schema(definitions)],
  }),
  read(node, reading) {
    const isTrue = node !== null && 'value' in node && node.value === true;
    return isTrue ? true : some(whole(100, 599)).read(node, reading);
  },
};

export const proxyName = text('a proxy such as proxy-1', /^proxy-[1-9]$/);

export const expectShape = record('what is expected', {
  request: optional(requestLine, 'an answer to this request, asked of every proxy again and again'),
  status: optional(some(whole(100, 599)), 'the answer has this status, or one of these'),
  from: optional(objectName, 'a pod of this Deployment answers'),
  through: optional(some(proxyName), 'only these proxies are asked'),
  event: optional(
    record('an Event', {
      on: required(objectName, 'the object that it is about'),
      type: optional(choice(['Normal', 'Warning']), 'its type'),
      reason: optional(text('a reason'), 'its reason'),
    }),
    'an Event in the cluster',
  ),
  object: optional(
    mapping(objectKey, wordOr(choice(['absent']), freeform('members that the object has at least'))),
    'an object that has at least these members, or `absent`',
  ),
  only: optional(
    text('a version such as v2'),
    'all answers come from pods of this version (their label `version`)',
  ),
  of: optional(objectName, 'the Deployment that `only` speaks of; absent: the one that was rolled out last'),
  config: optional(
    choice(['as-if-never-applied', 'as-asked']),
    'every worker serves exactly what the objects in the cluster ask for, and nothing else (both words mean the same)',
  ),
  within: optional(duration, 'it comes true in this time (2s)'),
  always: optional(manner, 'it is so, or the answer has this status, for all of `for`'),
  never: optional(manner, 'it is not so, or no answer has this status, for all of `for`'),
  for: optional(duration, 'how long `always` and `never` look (2s)'),
});

export type ExpectSpec = TypeOf<typeof expectShape>;
