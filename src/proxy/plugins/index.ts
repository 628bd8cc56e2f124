// Every plugin that this proxy can run, by name. A test holds the list against the folders and against the schemas.
import { corsHandler } from './cors/handler.ts';
import { keyAuthHandler } from './key-auth/handler.ts';
import type { PluginHandler } from './plugin.ts';
import { rateLimitingHandler } from './rate-limiting/handler.ts';
import { requestTransformerHandler } from './request-transformer/handler.ts';

export const pluginHandlers: ReadonlyMap<string, PluginHandler> = new Map(
  [corsHandler, keyAuthHandler, rateLimitingHandler, requestTransformerHandler].map((handler) => [
    handler.name,
    handler,
  ]),
);
