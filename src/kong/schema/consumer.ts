// Schemas of consumers and what belongs to them.
import type { EntitySchema, FieldSchema } from './field.ts';
import * as messages from './messages.ts';
import { commonFields } from './shared-fields.ts';

const consumer: FieldSchema = {
  type: 'foreign',
  reference: 'consumers',
  required: true,
  docs: 'The consumer it belongs to.',
};

export const consumerSchema: EntitySchema = {
  endpointKey: 'username',
  unique: ['username', 'custom_id'],
  fields: {
    ...commonFields,
    username: { type: 'string', docs: 'Unique name.' },
    custom_id: { type: 'string', docs: 'Unique id in a system of yours.' },
  },
  /** Not a crossCheck: it is said of consumers with wrong fields too. */
  expand(raw, report) {
    if ((raw['username'] ?? '') === '' && (raw['custom_id'] ?? '') === '')
      report(['@entity'], messages.atLeastOneOf(['custom_id', 'username']));
    return raw;
  },
};

export const keyauthSchema: EntitySchema = {
  endpointKey: 'key',
  unique: ['key'],
  fields: {
    ...commonFields,
    consumer,
    // Kong makes a random key up where none is given; here the same document always gives the same config.
    key: { type: 'string', required: true, docs: 'The key; has to be given.' },
    ttl: { type: 'open', docs: 'Accepted and ignored, as in DB-less Kong.' },
  },
};

export const basicauthSchema: EntitySchema = {
  endpointKey: 'username',
  unique: ['username'],
  fields: {
    ...commonFields,
    consumer,
    username: { type: 'string', required: true, docs: 'User name.' },
    password: { type: 'string', required: true, docs: 'Password; kept as a digest.' },
  },
  crossCheck(value, report, isRight) {
    // The digest is made of both.
    if (isRight('password') && value['consumer'] === null)
      report(['@entity'], messages.allOrNoneOf(['password', 'consumer.id']));
  },
};

export const aclSchema: EntitySchema = {
  endpointKey: null,
  unique: [],
  uniqueTogether: ['consumer', 'group'],
  fields: {
    ...commonFields,
    consumer,
    group: { type: 'string', required: true, docs: 'Group that the consumer is in.' },
  },
};
