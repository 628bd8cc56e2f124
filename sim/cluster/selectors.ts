// Label and field selectors: text to a predicate, or the sentence that says what is wrong with the text.
import { fail, ok, type Result } from '../../src/base/result.ts';
import { at } from './json.ts';
import type { StoredObject } from './store-api.ts';

export type Predicate = (object: StoredObject) => boolean;

const everything: Predicate = () => true;
const labelKey = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const labelValue = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

/** Splits at commas that are not inside parentheses. */
function splitRequirements(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '(') depth++;
    else if (text[i] === ')') depth--;
    else if (text[i] === ',' && depth === 0) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  parts.push(text.slice(start));
  return parts.map((part) => part.trim());
}

type LabelTest = (labels: Readonly<Record<string, string>>) => boolean;

function setTest(key: string, negated: boolean, list: string): Result<LabelTest> {
  const values = new Set(list.split(',').map((value) => value.trim()));
  for (const value of values) {
    if (!labelValue.test(value)) return fail(`invalid label value: "${value}"`);
  }
  return ok((labels) => (labels[key] !== undefined && values.has(labels[key])) !== negated);
}

function parseRequirement(text: string): Result<LabelTest> {
  const inList = /^(\S+)\s+(in|notin)\s*\(([^()]*)\)$/.exec(text);
  if (inList !== null && labelKey.test(inList[1]!)) {
    return setTest(inList[1]!, inList[2] === 'notin', inList[3]!);
  }
  const exists = /^(!?)\s*([^\s=!(),]+)$/.exec(text);
  if (exists !== null && labelKey.test(exists[2]!)) {
    const [, negated, key] = exists;
    return ok((labels) => (labels[key!] !== undefined) !== (negated === '!'));
  }
  const compared = /^([^\s=!(),]+)\s*(==|=|!=)\s*([^\s=!(),]*)$/.exec(text);
  if (compared !== null && labelKey.test(compared[1]!) && labelValue.test(compared[3]!)) {
    const [, key, operator, value] = compared;
    return ok((labels) => (labels[key!] === value) === (operator !== '!='));
  }
  return fail(
    `unable to parse requirement: ${JSON.stringify(text)} is not a label selector such as app=shop, app in (a,b) or !app`,
  );
}

const noLabels: Readonly<Record<string, string>> = {};

export function parseLabelSelector(text: string | undefined): Result<Predicate> {
  if (text === undefined || text.trim() === '') return ok(everything);
  const tests: LabelTest[] = [];
  for (const part of splitRequirements(text)) {
    const test = parseRequirement(part);
    if (!test.ok) return test;
    tests.push(test.value);
  }
  return ok((object) => {
    const labels = object.metadata.labels ?? noLabels;
    return tests.every((test) => test(labels));
  });
}

/** metav1.LabelSelector (matchLabels, matchExpressions) as a test of labels. A missing selector matches nothing. */
export function labelSelectorMatches(
  selector: unknown,
  labels: Readonly<Record<string, string>> | undefined,
): boolean {
  if (typeof selector !== 'object' || selector === null) return false;
  const present = labels ?? noLabels;
  const matchLabels = (at(selector, 'matchLabels') ?? {}) as Readonly<Record<string, string>>;
  for (const [key, value] of Object.entries(matchLabels)) if (present[key] !== value) return false;
  const expressions = (at(selector, 'matchExpressions') ?? []) as readonly {
    key: string;
    operator: string;
    values?: readonly string[];
  }[];
  return expressions.every(({ key, operator, values = [] }) => {
    const value = present[key];
    if (operator === 'In') return value !== undefined && values.includes(value);
    if (operator === 'NotIn') return value === undefined || !values.includes(value);
    return (value !== undefined) === (operator === 'Exists');
  });
}

/** `selectable` are the paths that the kind allows beside metadata.name and metadata.namespace. */
export function parseFieldSelector(
  text: string | undefined,
  selectable: readonly string[],
): Result<Predicate> {
  if (text === undefined || text.trim() === '') return ok(everything);
  const tests: Predicate[] = [];
  for (const part of text.split(',')) {
    const match = /^([^=!]+)(==|=|!=)(.*)$/.exec(part.trim());
    if (match === null) return fail(`invalid selector: '${part}'; can't understand '${part}'`);
    const [, field, operator, value] = match;
    if (field !== 'metadata.name' && field !== 'metadata.namespace' && !selectable.includes(field!)) {
      return fail(`field label not supported: ${field}`);
    }
    const path = field!.split('.');
    tests.push((object) => {
      const found = at(object, ...path);
      const present = found === undefined || found === null ? '' : String(found);
      return (present === value) === (operator !== '!=');
    });
  }
  return ok((object) => tests.every((test) => test(object)));
}
