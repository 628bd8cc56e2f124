// Schema of plugins; their settings are checked by the plugin's own schema.
import { pluginSchemas } from '../plugins/index.ts';
import type { EntitySchema } from './field.ts';
import * as messages from './messages.ts';
import { commonFields } from './shared-fields.ts';
import { checkName } from './text.ts';

export const pluginSchema: EntitySchema = {
  endpointKey: 'instance_name',
  unique: ['instance_name'],
  uniqueTogether: ['name', 'route', 'service', 'consumer', 'consumer_group'],
  fields: {
    ...commonFields,
    name: { type: 'string', required: true, docs: 'Name of the plugin.' },
    instance_name: { type: 'string', check: checkName, docs: 'Unique name of this instance.' },
    route: { type: 'foreign', reference: 'routes', docs: 'Limits it to a route.' },
    service: { type: 'foreign', reference: 'services', docs: 'Limits it to a service.' },
    consumer: { type: 'foreign', reference: 'consumers', docs: 'Limits it to a consumer.' },
    consumer_group: {
      type: 'foreign',
      reference: 'consumer_groups',
      docs: 'Limits it to the consumers of a group (Kong Enterprise).',
    },
    config: { type: 'open', docs: "The plugin's settings." },
    protocols: {
      type: 'set',
      default: ['grpc', 'grpcs', 'http', 'https'],
      required: true,
      // Which ones there are is for the plugin to say.
      elements: { type: 'string', docs: 'A protocol.' },
      docs: 'With one of http, https, grpc or grpcs it runs for every HTTP request, else for none.',
    },
    enabled: { type: 'boolean', default: true, required: true, docs: 'False: as if it were not there.' },
  },
  crossCheck(value, report, isRight) {
    const schema = pluginSchemas.get(value['name'] as string);
    if (schema === undefined) return;
    if (value['consumer'] !== null && !schema.allowsConsumer) report(['consumer'], messages.mustBeNull());
    const group = value['consumer_group'] ?? null;
    if (group !== null && (value['consumer'] !== null || !schema.allowsConsumer))
      report(['consumer_group'], messages.mustBeNull());
    if (!Array.isArray(value['protocols'])) return;
    const list = value['protocols'] as readonly string[];
    for (let i = 0; i < list.length; i++)
      if (isRight('protocols') && !schema.protocols.includes(list[i]!))
        report(['protocols', i], messages.expectedOneOf(schema.protocols));
  },
};
