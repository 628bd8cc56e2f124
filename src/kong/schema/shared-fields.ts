// Fields that every entity has.
import { allProtocols } from '../plugins/protocols.ts';
import type { FieldSchema } from './field.ts';
import { checkTag, checkTimestamp } from './text.ts';

export const protocols = allProtocols;

export const commonFields: Readonly<Record<string, FieldSchema>> = {
  id: { type: 'string', uuid: true, docs: 'UUID; made from the name when absent.' },
  created_at: { type: 'integer', check: checkTimestamp, docs: 'Seconds since 1970.' },
  updated_at: { type: 'open', docs: 'Seconds since 1970; accepted, whatever it is, and not kept.' },
  tags: {
    type: 'set',
    elements: { type: 'string', required: true, check: checkTag, docs: 'A tag.' },
    docs: 'Free labels for finding entities.',
  },
};
