// `tidegate manifests`: what has to be applied to a cluster, printed.
import { stringify } from 'yaml';
import type { Command } from './command.ts';
import { crdObjects, deployDefaults, deployObjects } from './deploy/manifests.ts';
import { CommandError, exitOk, exitUsage } from './exit-codes.ts';
import { parseCount } from './parse.ts';

const namePattern = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const lineWidth = 120;

export const command: Command = {
  name: 'manifests',
  summary: 'the manifests of an installation, for kubectl apply -f -',
  usage: '',
  options: {
    namespace: {
      type: 'string',
      short: 'n',
      value: 'NAME',
      default: deployDefaults.namespace,
      help: 'where it lives',
    },
    name: {
      type: 'string',
      value: 'NAME',
      default: deployDefaults.name,
      help: 'of Deployment, Service and roles; two installations in a cluster have two',
    },
    image: {
      type: 'string',
      value: 'IMAGE',
      default: deployDefaults.image,
      help: 'built from deploy/Dockerfile',
    },
    replicas: { type: 'string', value: 'N', default: String(deployDefaults.replicas), help: 'pods' },
    'ingress-class': {
      type: 'string',
      value: 'NAME',
      default: deployDefaults.ingressClass,
      help: 'class of the Ingresses that it serves',
    },
    crds: { type: 'boolean', default: true, help: "also the definitions of Kong's kinds" },
    json: { type: 'boolean', default: false, help: 'print one JSON List' },
  },
  examples: [
    ['tidegate manifests | kubectl apply --server-side -f -', 'install'],
    ['tidegate manifests --image registry.example/tidegate:0.1.0 --replicas 3', 'from your registry'],
  ],
  async run(input) {
    const { options } = input;
    const text = (name: string): string => String(options[name]);
    for (const name of ['namespace', 'name', 'ingress-class'])
      if (!namePattern.test(text(name)))
        throw new CommandError(exitUsage, `--${name} is '${text(name)}', which is no name of an object`);
    const objects = [
      ...(options['crds'] === false ? [] : crdObjects()),
      ...deployObjects({
        namespace: text('namespace'),
        name: text('name'),
        image: text('image'),
        replicas: parseCount(input, 'replicas', 0, 1_000),
        ingressClass: text('ingress-class'),
      }),
    ];
    process.stdout.write(
      options['json'] === true
        ? `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects })}\n`
        : objects.map((object) => stringify(object, { lineWidth })).join('---\n'),
    );
    return exitOk;
  },
};
