// A write before it is one: mutating webhooks one after the other, the rules, policies, then all validating webhooks at once.
import { ok } from '../../../src/base/result.ts';
import type { ApiRequest } from '../api/request.ts';
import { compileExpression, valueFor } from '../cel/expression.ts';
import { sameJson } from '../json.ts';
import { anySchema } from '../schema/structural.ts';
import type { ApiFailure, StoredObject } from '../store-api.ts';
import type { WriteCore, WriteResult } from '../store-writes.ts';
import { askWebhook } from './call.ts';
import { askPolicies, type PolicyVerdict } from './policy.ts';
import { denial, reviewRequest } from './review.ts';
import { type Operation, selectorsMatch, type Webhook } from './webhook.ts';

export interface Admission {
  readonly request: ApiRequest;
  readonly operation: Operation;
  /** As it would be stored; null for a deletion. */
  readonly object: StoredObject | null;
  readonly oldObject: StoredObject | null;
  readonly dryRun: boolean;
}

export interface Admitted {
  /** What may be written: the object as it has become, or who is against it. */
  readonly result: WriteResult;
  readonly warnings: readonly string[];
}

/** What one webhook has said of the object. */
interface Said {
  readonly object: StoredObject | null;
  readonly refused: ApiFailure | null;
  readonly warnings: readonly string[];
}

function callFailure(webhook: Webhook, why: string): ApiFailure {
  const message = `Internal error occurred: failed calling webhook ${JSON.stringify(webhook.name)}: ${why}`;
  return {
    code: 500,
    reason: 'InternalError',
    message,
    details: { causes: [{ message: `failed calling webhook ${JSON.stringify(webhook.name)}: ${why}` }] },
  };
}

/** 'skip', 'ask', or why it cannot be told. */
function conditionsOf(webhook: Webhook, admission: Admission): 'ask' | 'skip' | ApiFailure {
  if (webhook.conditions.length === 0) return 'ask';
  const { object, oldObject } = admission;
  const given = {
    object: valueFor(anySchema, object),
    oldObject: valueFor(anySchema, oldObject),
    request: valueFor(anySchema, reviewRequest(admission, '')),
  };
  let problem: string | null = null;
  for (const { name, expression } of webhook.conditions) {
    const compiled = compileExpression(expression, Object.keys(given));
    try {
      if (compiled.ok && compiled.value(given) === false) return 'skip';
      if (!compiled.ok) problem ??= `matchCondition ${name}: ${compiled.error.message}`;
    } catch (error) {
      problem ??= `matchCondition ${name}: ${(error as Error).message.split('\n')[0]}`;
    }
  }
  if (problem === null) return 'ask';
  return webhook.failsOpen ? 'skip' : callFailure(webhook, problem);
}

function namespaceOf(core: WriteCore, { request, object, oldObject }: Admission): StoredObject | null {
  if (request.definition.kind === 'Namespace' && request.definition.group === '') return object ?? oldObject;
  return request.namespace === undefined ? null : core.store.get('namespaces', undefined, request.namespace);
}

function consult(core: WriteCore, webhook: Webhook, admission: Admission, done: (said: Said) => void): void {
  const { object, oldObject } = admission;
  const silent: Said = { object, refused: null, warnings: [] };
  if (!selectorsMatch(webhook, namespaceOf(core, admission), [object, oldObject])) {
    done(silent);
    return;
  }
  const conditions = conditionsOf(webhook, admission);
  if (conditions !== 'ask') {
    done(conditions === 'skip' ? silent : { ...silent, refused: conditions });
    return;
  }
  askWebhook(core, webhook, admission, object, (answer) => {
    if (!answer.ok) {
      done({ ...silent, refused: webhook.failsOpen ? null : callFailure(webhook, answer.error) });
      return;
    }
    const { allowed, status, patched, warnings } = answer.value;
    done({ object: patched ?? object, refused: allowed ? null : denial(webhook, status), warnings });
  });
}

/** In order, each seeing what those before it have made. */
function mutate(
  core: WriteCore,
  admission: Admission,
  webhooks: readonly Webhook[],
  done: (said: Said) => void,
): void {
  const warnings: string[] = [];
  const seenBy: Map<Webhook, StoredObject | null> = new Map();
  const next = (pending: readonly Webhook[], object: StoredObject | null): void => {
    const [webhook, ...rest] = pending;
    if (webhook === undefined) {
      const again = webhooks.filter(
        (one) => one.asksAgain && seenBy.has(one) && !sameJson(seenBy.get(one), object),
      );
      seenBy.clear();
      if (again.length > 0)
        next(
          again.map((one) => ({ ...one, asksAgain: false })),
          object,
        );
      else done({ object, refused: null, warnings });
      return;
    }
    consult(core, webhook, { ...admission, object }, (said) => {
      warnings.push(...said.warnings);
      if (said.refused !== null) done({ object, refused: said.refused, warnings });
      else {
        seenBy.set(webhook, said.object);
        next(rest, said.object);
      }
    });
  };
  next(webhooks, admission.object);
}

/** All at once; of several refusals the one of the first webhook is told. */
function validate(
  core: WriteCore,
  admission: Admission,
  webhooks: readonly Webhook[],
  done: (said: Said) => void,
): void {
  const { object } = admission;
  const answers: (Said | null)[] = webhooks.map(() => null);
  let waiting = webhooks.length;
  const finish = (): void => {
    const all = answers.filter((said) => said !== null);
    const refused = all.find((said) => said.refused !== null)?.refused ?? null;
    done({ object, refused, warnings: all.flatMap((said) => said.warnings) });
  };
  if (waiting === 0) finish();
  for (const [index, webhook] of webhooks.entries()) {
    consult(core, webhook, admission, (said) => {
      answers[index] = said;
      waiting--;
      if (waiting === 0) finish();
    });
  }
}

function judge(core: WriteCore, admission: Admission): PolicyVerdict {
  const { request, operation, object, oldObject } = admission;
  const { definition } = request;
  return askPolicies(core.webhooks.policies(request, operation), {
    operation,
    definition,
    name: object?.metadata.name ?? oldObject?.metadata.name ?? '',
    object,
    oldObject,
    namespace: namespaceOf(core, admission),
    request: reviewRequest(admission, ''),
  });
}

/** `check` asks the rules about the object as it has become. */
export function admit(
  core: WriteCore,
  admission: Admission,
  check: (object: StoredObject | null) => WriteResult,
  done: (admitted: Admitted) => void,
): void {
  const { request, operation } = admission;
  const { webhooks } = core;
  mutate(core, admission, webhooks.matching('mutating', request, operation), (mutated) => {
    if (mutated.refused !== null) {
      done({ result: { ok: false, error: mutated.refused }, warnings: mutated.warnings });
      return;
    }
    const checked = check(mutated.object);
    if (!checked.ok) {
      done({ result: checked, warnings: mutated.warnings });
      return;
    }
    const object = operation === 'DELETE' ? null : checked.value;
    const policies = judge(core, { ...admission, object });
    if (policies.refused !== null) {
      done({
        result: { ok: false, error: policies.refused },
        warnings: [...mutated.warnings, ...policies.warnings],
      });
      return;
    }
    validate(core, { ...admission, object }, webhooks.matching('validating', request, operation), (said) => {
      const warnings = [...mutated.warnings, ...policies.warnings, ...said.warnings];
      done({
        result: said.refused === null ? ok(checked.value) : { ok: false, error: said.refused },
        warnings,
      });
    });
  });
}
