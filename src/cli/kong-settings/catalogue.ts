// All settings of Kong 3.9, and the families of those that have no name of their own.
import { absentSettings } from './absent.ts';
import { clientSettings } from './clients.ts';
import { contentSettings } from './content.ts';
import { listeningSettings } from './listening.ts';
import { loggingSettings } from './logging.ts';
import { nameSettings } from './names.ts';
import { nginxSettings } from './nginx.ts';
import type { KongSetting } from './setting.ts';
import { tlsSettings } from './tls.ts';

/** Under the headings of docs/reference/kong-settings.md. Applied in this order: a later one takes the place of an earlier one. */
export const settingGroups: readonly (readonly [heading: string, settings: readonly KongSetting[]])[] = [
  ['Listening', listeningSettings],
  ['Clients, headers, error pages', clientSettings],
  ['TLS', tlsSettings],
  ['Logs', loggingSettings],
  ['Routes, plugins, deployment', contentSettings],
  ['Connections and nginx', nginxSettings],
  ['Names', nameSettings],
  ['Databases, Lua, Enterprise', absentSettings],
];

export const settings: readonly KongSetting[] = settingGroups.flatMap(([, group]) => group);

const named = new Map(settings.filter(({ isFamily }) => isFamily !== true).map((one) => [one.name, one]));
/** The longest prefix first: `nginx_http_lua_` says more than `nginx_http_`. */
const families = settings
  .filter(({ isFamily }) => isFamily === true)
  .sort((a, b) => b.name.length - a.name.length);

export function findSetting(name: string): KongSetting | null {
  return named.get(name) ?? families.find((family) => name.startsWith(family.name)) ?? null;
}
