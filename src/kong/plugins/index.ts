// Every plugin that this proxy knows: one line each.
import type { PluginSchema } from '../schema/field.ts';
import { cors } from './cors.ts';
import { keyAuth } from './key-auth.ts';
import { rateLimiting } from './rate-limiting.ts';
import { requestTransformer } from './request-transformer.ts';

export const pluginSchemas: ReadonlyMap<string, PluginSchema> = new Map(
  [cors, keyAuth, rateLimiting, requestTransformer].map((schema) => [schema.name, schema]),
);
