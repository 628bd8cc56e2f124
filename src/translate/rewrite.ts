// The annotation konghq.com/rewrite as what Kong's controller makes of it: a request-transformer of the route, with captures
// of its regular expressions as $1, $2 and so on.
import { fail, ok, type Result } from '../base/result.ts';
import type { Plugin, Route } from '../kong/entity.ts';
import { idOfScopedPlugin } from '../kong/ids.ts';
import { checked, describeErrors } from './check-entity.ts';

export const rewritePlugin = 'request-transformer';

/** '/x/$1' to '/x/$(uri_captures[1])'; '\$' is a dollar. */
export function rewriteTemplate(written: string): Result<string> {
  if (written === '') return ok('/');
  let template = '';
  for (let i = 0; i < written.length; i++) {
    const character = written[i]!;
    if (character === '\\') {
      i++;
      if (written[i] !== '$') return fail(`only '\\$' may follow a backslash (character ${i + 1})`);
      // Kong would read it as the start of a template, and there is no way to say otherwise.
      if (written[i + 1] === '(') return fail("'\\$(' cannot be served");
      template += '$';
    } else if (character === '$') {
      const digits = /^[1-9]\d{0,2}/.exec(written.slice(i + 1, i + 4))?.[0];
      if (digits === undefined)
        return fail(`a number from 1 must follow '$' (character ${i + 1}); write '\\$' for the character`);
      template += `$(uri_captures[${digits}])`;
      i += digits.length;
    } else template += character;
  }
  return template.startsWith('/') || template.startsWith('$(')
    ? ok(template)
    : fail("a path starts with '/'");
}

export function draftRewrite(route: Route, template: string): Result<Plugin> {
  const result = checked('plugins', {
    id: idOfScopedPlugin(rewritePlugin, { route: route.name ?? '' }),
    name: rewritePlugin,
    route: route.id,
    config: { replace: { uri: template } },
  });
  return result.ok ? result : fail(describeErrors(result.error));
}
