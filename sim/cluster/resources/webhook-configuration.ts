// Configurations of webhooks: where they are, and rules that name nothing.
import type { FieldCause } from '../failure.ts';
import { fieldErrors } from '../field-error.ts';
import { arrayOf, isRecord, recordOf, textAt } from '../json.ts';
import type { KindRules } from './rules.ts';

const operations = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];

function urlProblem(url: string): string | null {
  if (!URL.canParse(url)) return 'url must be a valid URL';
  const { protocol, hostname, username, hash, search } = new URL(url);
  if (protocol !== 'https:')
    return `'https' is the only allowed URL scheme; desired format: https://host[/path]`;
  if (hostname === '') return 'host must be specified; desired format: https://host[/path]';
  if (username !== '') return 'user information is not permitted in the URL';
  if (hash !== '') return 'fragments are not permitted in the URL';
  return search === '' ? null : 'query parameters are not permitted in the URL';
}

function clientCauses(client: Readonly<Record<string, unknown>>, field: string): FieldCause[] {
  const { url, service } = client;
  if ((url === undefined) === (service === undefined))
    return [fieldErrors.required(field, 'exactly one of url or service is required')];
  if (typeof url !== 'string') return [];
  const problem = urlProblem(url);
  return problem === null ? [] : [fieldErrors.invalid(`${field}.url`, url, problem)];
}

function ruleCauses(rule: unknown, field: string): FieldCause[] {
  const causes: FieldCause[] = [];
  for (const member of ['operations', 'apiGroups', 'apiVersions', 'resources']) {
    const list = arrayOf(recordOf(rule)[member]);
    if (list.length === 0) causes.push(fieldErrors.required(`${field}.${member}`));
  }
  for (const [index, operation] of arrayOf(recordOf(rule)['operations']).entries()) {
    if (operations.includes(String(operation))) continue;
    causes.push(fieldErrors.unsupported(`${field}.operations[${index}]`, operation, operations));
  }
  return causes;
}

export const webhookConfigurationRules: KindRules = {
  validate(object) {
    return arrayOf(object['webhooks']).flatMap((webhook, index) => {
      const field = `webhooks[${index}]`;
      const causes: FieldCause[] = [];
      const name = textAt(webhook, 'name');
      if (name.split('.').length < 3) {
        const why = 'should be a domain with at least three segments separated by dots';
        causes.push(fieldErrors.invalid(`${field}.name`, name, why));
      }
      const client = recordOf(webhook)['clientConfig'];
      if (isRecord(client)) causes.push(...clientCauses(client, `${field}.clientConfig`));
      for (const [at, rule] of arrayOf(recordOf(webhook)['rules']).entries())
        causes.push(...ruleCauses(rule, `${field}.rules[${at}]`));
      const versions = arrayOf(recordOf(webhook)['admissionReviewVersions']);
      if (versions.length > 0 && !versions.includes('v1')) {
        const why = `must include at least one of v1, v1beta1`;
        causes.push(fieldErrors.invalid(`${field}.admissionReviewVersions`, versions, why));
      }
      return causes;
    });
  },
};
