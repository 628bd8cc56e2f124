// The rules of request-transformer, prepared: 'name:value' entries split once, values as parsed templates.
import { parseTemplate, type Template } from '../../../kong/template.ts';
import type { AccessContext } from '../../exchange/context.ts';
import { parseQuery } from '../query.ts';

export interface NameValue {
  readonly name: string;
  readonly lowerName: string;
  readonly value: Template;
}

export interface Renaming {
  readonly from: string;
  readonly to: string;
}

/** The five verbs over one part of the request, in the order in which they apply. */
export interface Rules {
  readonly remove: readonly string[];
  readonly rename: readonly Renaming[];
  readonly replace: readonly NameValue[];
  readonly add: readonly NameValue[];
  readonly append: readonly NameValue[];
}

export type RulePart = 'headers' | 'querystring' | 'body';
export type RuleVerb = keyof Rules;

export type RuleConfig = {
  readonly [verb in RuleVerb]?: { readonly [part in RulePart]?: readonly string[] | null } | null;
};

/** A template that the schema let through is valid; anything else stands for itself. */
export function prepareTemplate(text: string): Template {
  const parsed = parseTemplate(text);
  return parsed.ok ? parsed.value : [text];
}

function split(entry: string): [name: string, value: string] {
  const colon = entry.indexOf(':');
  return colon < 0 ? [entry, ''] : [entry.slice(0, colon), entry.slice(colon + 1)];
}

/** Entries without a value change nothing, as in Kong. */
function nameValues(entries: readonly string[]): NameValue[] {
  return entries
    .map(split)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => ({ name, lowerName: name.toLowerCase(), value: prepareTemplate(value) }));
}

/** null: nothing to do for this part. */
export function prepareRules(config: RuleConfig, part: RulePart): Rules | null {
  const entries = (verb: RuleVerb): readonly string[] => config[verb]?.[part] ?? [];
  const rules: Rules = {
    remove: entries('remove').map((entry) => split(entry)[0]),
    rename: entries('rename')
      .map(split)
      .filter(([, to]) => to !== '')
      .map(([from, to]) => ({ from, to })),
    replace: nameValues(entries('replace')),
    add: nameValues(entries('add')),
    append: nameValues(entries('append')),
  };
  const count =
    rules.remove.length + rules.rename.length + rules.replace.length + rules.add.length + rules.append.length;
  return count === 0 ? null : rules;
}

/** What is missing in the request renders as nothing. */
export function render(template: Template, context: AccessContext): string {
  if (template.length === 1 && typeof template[0] === 'string') return template[0];
  let text = '';
  for (const part of template) {
    if (typeof part === 'string') text += part;
    else if (part.source === 'headers') text += context.edits.currentHeader(part.key) ?? '';
    else if (part.source === 'uri_captures') text += context.uriCaptures?.[part.key] ?? '';
    else {
      const argument = parseQuery(context.request.query).find(({ name }) => name === part.key);
      text += argument?.value ?? '';
    }
  }
  return text;
}

/** What ends up in a header line must not end it: control characters are dropped. */
export function renderHeader(template: Template, context: AccessContext): string {
  return render(template, context).replace(/[\u0000-\u0008\u000a-\u001f\u007f]/g, '');
}
