// Schema of vaults: where references to secrets are looked up. Open source Kong has one kind, the environment.
import type { EntitySchema, FieldSchema } from './field.ts';
import { commonFields } from './shared-fields.ts';

export const vaultKinds: readonly string[] = ['env'];

/** Settings of the vault `env`. */
const envSettings: Readonly<Record<string, FieldSchema>> = {
  prefix: {
    type: 'string',
    match: /^[a-zA-Z_-][a-zA-Z\d_-]*$/,
    docs: 'What the names of its variables begin with.',
  },
  base64_decode: { type: 'boolean', default: false, isNewer: true, docs: 'Values are in base64.' },
};

export const vaultSchema: EntitySchema = {
  endpointKey: 'prefix',
  unique: ['prefix'],
  uniqueTogether: ['prefix'],
  fields: {
    ...commonFields,
    prefix: {
      type: 'string',
      required: true,
      notOneOf: vaultKinds,
      match: /^[a-z][a-z\d-]*[a-z\d]+$/,
      docs: 'Unique name, which references begin with: `{vault://PREFIX/...}`.',
    },
    name: { type: 'string', required: true, docs: `Kind of vault: ${vaultKinds.join(', ')}.` },
    description: { type: 'string', docs: 'For people.' },
    config: { type: 'record', fields: envSettings, docs: "The kind's settings." },
  },
};
