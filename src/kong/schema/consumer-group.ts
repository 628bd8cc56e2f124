// Schemas of consumer groups and of who is in them. In Kong they are part of Enterprise; the shapes are the same.
import type { EntitySchema } from './field.ts';
import { commonFields } from './shared-fields.ts';

export const consumerGroupSchema: EntitySchema = {
  endpointKey: 'name',
  unique: ['name'],
  fields: { ...commonFields, name: { type: 'string', required: true, docs: 'Unique name.' } },
};

export const consumerGroupConsumerSchema: EntitySchema = {
  endpointKey: null,
  unique: [],
  uniqueTogether: ['consumer_group', 'consumer'],
  fields: {
    ...commonFields,
    consumer_group: {
      type: 'foreign',
      reference: 'consumer_groups',
      required: true,
      docs: 'The group.',
    },
    consumer: { type: 'foreign', reference: 'consumers', required: true, docs: 'Who is in it.' },
  },
};
