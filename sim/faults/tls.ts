// TLS towards clients: handshakes that stall or are no TLS, names that nobody has, certificates that change meanwhile.
import type { TcpClientHandler } from '../../src/ports/tcp.ts';
import { type KeyPairName, keyPairs } from '../world/key-pairs.ts';
import { gatewayPorts } from '../world/places.ts';
import { type AimedPlan, type Fault, nothing, pick } from './fault.ts';
import { stepsOf } from './steps.ts';
import { splitTarget } from './targets.ts';
import { aimAtPath, bringClient, visit, visitsOf } from './visits.ts';

const stall: Fault = {
  id: 'X16',
  name: 'tls-handshakes-stall',
  summary: 'Clients connect to the TLS port and say nothing, or something that is not TLS.',
  harms: [],
  lastsMsMax: 8_000,
  aim: (draw, shape) => ({
    target: '',
    parameters: {
      gateway: draw('gateway', shape.gateways),
      count: 1 + draw('count', 20),
      says: pick(['', 'GET / HTTP/1.1\r\nHost: plain.example\r\n\r\n'], draw('says', 2)),
    },
  }),
  begin({ world, entry, record }) {
    const { gateway, count, says } = entry.parameters;
    const streams = world.bringStreams(`${entry.id}-staller`);
    const handler = (): TcpClientHandler => ({
      onConnect() {},
      onData() {},
      onDrain() {},
      onEnd() {},
      onClose: () => void record.hits++,
    });
    const { address } = world.gateways[Number(gateway) % world.shape.gateways]!.place;
    const connections = Array.from({ length: Number(count) }, () =>
      streams.tcp.connect(address, gatewayPorts.https, handler()),
    );
    if (says !== '') for (const connection of connections) connection.write(Buffer.from(String(says)));
    return () => {
      // Those that are still let be, beside those that were dropped.
      record.hits += streams.open();
      streams.drop();
    };
  },
};

const unknownName: Fault = {
  id: 'X16',
  name: 'tls-unknown-name',
  summary: 'Clients ask for a server name that no certificate is for, or for none.',
  harms: [],
  lastsMsMax: 3_000,
  aim: (draw, shape) => ({
    target: '',
    parameters: {
      gateway: draw('gateway', shape.gateways),
      tls: true,
      host: pick(['unknown.example', 'SHOP.EXAMPLE', '10.0.1.1', 'a.b.c.example'], draw('name', 64)),
      path: '/',
      everyMs: 100 + draw('pace', 500),
    },
  }),
  begin(stage) {
    const { entry, record } = stage;
    const steps = stepsOf(stage);
    const client = bringClient(stage, {});
    const request = visit(entry.parameters, { headers: { Connection: 'close' } });
    steps.every(Number(entry.parameters['everyMs']), (index) =>
      client.send(`${entry.id}.${index}`, request, ({ certificate }) => {
        if (certificate !== '') record.hits++;
      }),
    );
    return () => {
      steps.stop();
      client.abandon();
    };
  },
};

const rotation = ['third', 'fourth', 'first', 'second'] as const satisfies readonly KeyPairName[];
const encoded = (text: string): string => Buffer.from(text).toString('base64');

interface TlsIngress {
  readonly secret: string;
  readonly host: string;
}

/** Secrets, as 'namespace/name', that an Ingress of the plan shows for a host. */
function tlsIngresses({ objects }: AimedPlan): readonly TlsIngress[] {
  return objects
    .filter(({ resource }) => resource === 'ingresses.networking.k8s.io')
    .flatMap(({ object: { metadata, spec } }) =>
      ((spec?.['tls'] ?? []) as readonly { hosts?: readonly string[]; secretName?: string }[]).flatMap(
        ({ hosts = [], secretName = '' }) =>
          hosts.map((host) => ({ secret: `${metadata.namespace}/${secretName}`, host })),
      ),
    );
}

const rotate: Fault = {
  id: 'X16',
  name: 'tls-rotation-under-handshakes',
  summary: 'A certificate is rotated again and again while clients shake hands.',
  harms: [],
  lastsMsMax: 4_000,
  aim(draw, shape, plan) {
    const ingresses = tlsIngresses(plan);
    const place = aimAtPath(draw, plan);
    if (ingresses.length === 0 || place === null) return null;
    const { secret, host } = pick(ingresses, draw('secret', 64));
    const figures = { everyMs: 30 + draw('pace', 400), gateway: draw('gateway', shape.gateways), tls: true };
    return { target: secret, parameters: { ...figures, host, path: '/' } };
  },
  begin(stage) {
    const { world, entry, record } = stage;
    const { store } = world.cluster.api;
    const [namespace, name] = splitTarget(entry.target);
    const original = store.get('secrets', namespace, name);
    if (original === null) return nothing;
    const steps = stepsOf(stage);
    const client = bringClient(stage, {});
    const request = visit(entry.parameters, { headers: { Connection: 'close' } });
    steps.every(Number(entry.parameters['everyMs']), (index) => {
      const { cert, key } = keyPairs[rotation[index % rotation.length]!];
      const data = { 'tls.crt': encoded(cert), 'tls.key': encoded(key) };
      store.mergePatch('secrets', namespace, name, { data });
      client.send(`${entry.id}.${index}`, request);
    });
    return () => {
      steps.stop();
      record.hits += visitsOf(stage).filter(({ certificate }) => certificate !== '').length;
      client.abandon();
      const current = store.get('secrets', namespace, name);
      if (current?.metadata.uid === original.metadata.uid)
        store.mergePatch('secrets', namespace, name, { data: original['data'] });
    };
  },
};

export const tlsFaults: readonly Fault[] = [stall, unknownName, rotate];
