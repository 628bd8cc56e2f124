// Clients that ask for what was asked for, as often, as far as metrics and Ingresses tell: a route's name says which
// Ingress, Service and host it stands for, and the Ingress which paths.
import type { KubeObject } from '../../kube/object.ts';
import { routeName } from '../../translate/names.ts';
import type { Bundle } from './format.ts';

const clientsMax = 8;
const ratePerSecondMax = 100;
/** Where nothing was observed. */
const assumedPerSecond = 10;
const pathsOfClientMax = 6;

type Fields = Readonly<Record<string, unknown>>;
const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
const listOf = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.map(fieldsOf) : []);

/** What can be asked for under the name of one route. */
interface Asked {
  readonly route: string;
  readonly lines: readonly string[];
}

export interface BundleClient {
  readonly send: readonly string[];
  readonly rate: string;
}

export interface BundleClients {
  readonly clients: Readonly<Record<string, BundleClient>>;
  readonly remarks: readonly string[];
}

function methodOf(ingress: KubeObject): string {
  const wanted = ingress.metadata.annotations?.['konghq.com/methods']?.split(',')[0]?.trim().toUpperCase();
  return wanted !== undefined && /^(GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH)$/.test(wanted) ? wanted : 'GET';
}

/** null: nothing can be said to match it, as of a regular expression. */
function urlOf(ingress: KubeObject, host: string, path: string): string | null {
  if (path.startsWith('/~') || !/^\/[\x21-\x7e]*$/.test(path)) return null;
  const name = host.replace(/^\*/, 'any').toLowerCase();
  if (!/^[a-z0-9.-]+$/.test(name)) return null;
  const { tls } = fieldsOf((ingress as unknown as Fields)['spec']);
  const hasTls = listOf(tls).some(({ hosts }) => Array.isArray(hosts) && hosts.includes(host));
  return `${hasTls ? 'https' : 'http'}://${name}${path.replaceAll('$', '$$$$')}`;
}

function askedOf(ingresses: readonly KubeObject[]): ReadonlyMap<string, Asked> {
  const found = new Map<string, Asked>();
  for (const ingress of ingresses) {
    const { name, namespace = 'default' } = ingress.metadata;
    for (const rule of listOf(fieldsOf((ingress as unknown as Fields)['spec'])['rules']))
      for (const entry of listOf(fieldsOf(rule['http'])['paths'])) {
        const host = String(rule['host'] ?? '');
        const service = fieldsOf(fieldsOf(entry['backend'])['service']);
        const port = fieldsOf(service['port']);
        const reference = {
          number: typeof port['number'] === 'number' ? port['number'] : null,
          name: String(port['name'] ?? ''),
        };
        const url = urlOf(ingress, host === '' ? 'any.example' : host, String(entry['path'] ?? '/'));
        if (url === null) continue;
        const route = routeName(namespace, name, String(service['name']), host, reference);
        const lines = [...(found.get(route)?.lines ?? []), `${methodOf(ingress)} ${url}`];
        found.set(route, { route, lines: lines.slice(0, pathsOfClientMax) });
      }
  }
  return found;
}

/** 'visitors-a', as names of clients end in a letter. */
const nameOf = (index: number): string => `visitors-${String.fromCharCode(97 + index)}`;

export function clientsOf({ objects, rates, observedSeconds }: Bundle): BundleClients {
  const remarks: string[] = [];
  const asked = askedOf(objects.filter(({ kind }) => kind === 'Ingress'));
  const known = rates.filter(({ route }) => asked.has(route));
  const unknown = rates.length - known.length;
  if (unknown > 0)
    remarks.push(`requests of ${unknown} routes are left out: no path is known that matches them`);
  if (known.length > clientsMax)
    remarks.push(`only the ${clientsMax} busiest of ${known.length} routes are asked`);
  if (known.length === 0)
    remarks.push(`no requests were seen in ${observedSeconds} s; these rates are assumed`);
  const chosen =
    known.length > 0
      ? known.slice(0, clientsMax)
      : [...asked.keys()].slice(0, clientsMax).map((route) => ({ route, perSecond: assumedPerSecond }));
  const busy = chosen.filter(({ perSecond }) => perSecond > ratePerSecondMax);
  if (busy.length > 0) remarks.push(`${busy.length} rates are cut down to ${ratePerSecondMax}/s`);
  return {
    clients: Object.fromEntries(
      chosen.map(({ route, perSecond }, index) => [
        nameOf(index),
        {
          send: asked.get(route)!.lines,
          rate: `${Math.max(0.1, Math.round(Math.min(ratePerSecondMax, perSecond) * 10) / 10)}/s`,
        },
      ]),
    ),
    remarks,
  };
}
