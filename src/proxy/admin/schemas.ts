// What entities and plugins may say: `/schemas/...`, and whether one entity is right.
import { checkEntity } from '../../kong/check.ts';
import { nestFields, violationSentence } from '../../kong/declarative-error.ts';
import type { EntityType } from '../../kong/entity.ts';
import { pluginSchemas } from '../../kong/plugins/index.ts';
import { type RouterFlavor, routerFlavorDefault } from '../../kong/router-flavor.ts';
import { entitySchemas, schemaOf } from '../../kong/schema/entities.ts';
import type { FieldError, FieldSchema } from '../../kong/schema/field.ts';
import { vaultKinds } from '../../kong/schema/vault.ts';
import type { HttpRequest } from '../../ports/http.ts';
import { type Answer, json, message, methodNotAllowed, problem } from './reply.ts';

type Fields = Readonly<Record<string, FieldSchema>>;

/** Kong's way to write a field: names with underscores, records as lists of one field each. */
function showField(schema: FieldSchema): Record<string, unknown> {
  const shown: Record<string, unknown> = {
    type: schema.type === 'open' ? 'record' : schema.type,
    description: schema.docs,
  };
  if (schema.required === true) shown['required'] = true;
  if (schema.default !== undefined) shown['default'] = schema.default;
  if ('oneOf' in schema && schema.oneOf !== undefined) shown['one_of'] = schema.oneOf;
  if ('lengthMin' in schema && schema.lengthMin !== undefined) shown['len_min'] = schema.lengthMin;
  if ('between' in schema && schema.between !== undefined) shown['between'] = schema.between;
  if ('greaterThan' in schema && schema.greaterThan !== undefined) shown['gt'] = schema.greaterThan;
  if ('uuid' in schema && schema.uuid === true) shown['uuid'] = true;
  if ('reference' in schema) shown['reference'] = schema.reference;
  if ('elements' in schema) shown['elements'] = showField(schema.elements);
  if ('values' in schema)
    Object.assign(shown, { keys: { type: 'string' }, values: showField(schema.values) });
  if ('fields' in schema) shown['fields'] = showFields(schema.fields);
  return shown;
}

function showFields(fields: Fields): unknown[] {
  return Object.entries(fields).map(([name, field]) => ({ [name]: showField(field) }));
}

function showVault(name: string, flavor: RouterFlavor): Answer {
  if (!vaultKinds.includes(name)) return message(404, `No vault named '${name}'`);
  const { config } = schemaOf('vaults', flavor).fields;
  return json(200, { fields: showFields({ config: config! }) });
}

function showPlugin(name: string): Answer {
  const schema = pluginSchemas.get(name);
  if (schema === undefined) return message(404, `No plugin named '${name}'`);
  const protocols = {
    type: 'set',
    required: true,
    default: ['grpc', 'grpcs', 'http', 'https'],
    elements: { type: 'string', one_of: schema.protocols },
  };
  const consumer = {
    type: 'foreign',
    reference: 'consumers',
    ...(schema.allowsConsumer ? {} : { eq: null }),
  };
  const config = { type: 'record', required: true, fields: showFields(schema.fields) };
  return json(200, { fields: [{ protocols }, { consumer }, { config }] });
}

function violation(errors: readonly FieldError[]): Answer {
  return problem(400, 2, 'schema violation', violationSentence(errors), nestFields(errors));
}

function validate(type: EntityType, { body }: HttpRequest, flavor: RouterFlavor): Answer {
  let given: unknown;
  try {
    given = JSON.parse(body?.toString('utf8') || '{}');
  } catch {
    return message(400, 'Cannot parse JSON body');
  }
  const checked = checkEntity(type, given, flavor);
  return checked.ok ? message(200, 'schema validation successful') : violation(checked.error);
}

function isType(name: string): name is EntityType {
  return Object.hasOwn(entitySchemas, name);
}

/** null: not a path about schemas. */
export function answerSchemas(
  request: HttpRequest,
  segments: readonly string[],
  flavor: RouterFlavor = routerFlavorDefault,
): Answer | null {
  const [first, second = '', third, ...rest] = segments;
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  if (first === 'plugins' && second === 'schema' && third !== undefined && rest.length === 0) {
    // The older name of /schemas/plugins/{name}, with the settings alone.
    const schema = pluginSchemas.get(third);
    if (!isRead) return methodNotAllowed;
    if (schema === undefined) return message(404, `No plugin named '${third}'`);
    return json(200, { type: 'record', required: true, fields: showFields(schema.fields) });
  }
  if (first !== 'schemas' || second === '' || rest.length > 0) return null;
  if (third === 'validate') {
    if (request.method !== 'POST') return methodNotAllowed;
    return isType(second) ? validate(second, request, flavor) : message(404, `No entity named '${second}'`);
  }
  if (third !== undefined && second !== 'plugins' && second !== 'vaults') return null;
  if (!isRead) return methodNotAllowed;
  if (third !== undefined) return second === 'plugins' ? showPlugin(third) : showVault(third, flavor);
  if (!isType(second)) return message(404, `No entity named '${second}'`);
  return json(200, { fields: showFields(schemaOf(second, flavor).fields) });
}
