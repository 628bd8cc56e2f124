// Kong's 400 on a configuration, read without trusting it: which entities it names, and what it says about them.
import { type EntityType, entityTypes } from '../kong/entity.ts';

export interface Rejection {
  /** Our plural; null when the gateway named a type that we do not know. */
  readonly entityType: EntityType | null;
  /** '' when unknown. */
  readonly id: string;
  readonly name: string;
  /** 'paths[0]: should start with: /' */
  readonly messages: readonly string[];
}

const rejectionsMax = 1000;
const messagesMax = 20;

/** Kong says 'route', 'keyauth_credential', 'ca_certificate': the singular of the table. */
function pluralOf(singular: unknown): EntityType | null {
  return entityTypes.find((type) => type === singular || type === `${String(singular)}s`) ?? null;
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 1000) : '';
}

function readMessages(errors: unknown): string[] {
  const messages: string[] = [];
  for (const entry of Array.isArray(errors) ? errors.slice(0, messagesMax) : []) {
    const { field, message, messages: many } = record(entry);
    const prefix = text(field);
    if (text(message) !== '') messages.push(prefix === '' ? text(message) : `${prefix}: ${text(message)}`);
    if (!Array.isArray(many)) continue;
    many.slice(0, messagesMax).forEach((one, index) => {
      if (text(one) !== '') messages.push(`${prefix}[${index}]: ${text(one)}`);
    });
  }
  return messages;
}

/** Empty when the answer names no entity: the whole config is refused for a reason of its own. */
export function readRejections(body: unknown): readonly Rejection[] {
  const { flattened_errors: flattened } = record(body);
  if (!Array.isArray(flattened)) return [];
  return flattened.slice(0, rejectionsMax).map((entry) => {
    const { entity_type, entity_id, entity_name, errors, entity } = record(entry);
    const submitted = record(entity);
    return {
      entityType: pluralOf(entity_type),
      id: text(entity_id) === '' ? text(submitted.id) : text(entity_id),
      name: [entity_name, submitted.name, submitted.username].map(text).find((name) => name !== '') ?? '',
      messages: readMessages(errors),
    };
  });
}

/** The gateway's own sentence about a refusal. */
export function readMessage(body: unknown): string {
  const { message } = record(body);
  return text(message);
}
