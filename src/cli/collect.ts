// `tidegate collect`: what a cluster and its gateways look like, as one file for whoever has to understand or rehearse it.

import { setTimeout as pause } from 'node:timers/promises';
import { packBundle } from './bundle/format.ts';
import { gatherBundle } from './bundle/gather.ts';
import type { Command, CommandInput } from './command.ts';
import { CommandError, exitBadInput, exitEnvironment, exitOk, exitUsage } from './exit-codes.ts';
import { readInputText } from './input-file.ts';
import { connectTo } from './kube-connection.ts';
import { demandWritable, writeOutput } from './output-file.ts';
import { parseCount } from './parse.ts';

interface Running {
  readonly kubeconfig?: string;
  readonly admin?: string;
}

/** Addresses that `tidegate dev --ready-file` wrote. */
function readyOf({ options }: CommandInput): Running {
  const file = options['ready-file'];
  if (file === undefined) return {};
  const text = readInputText(String(file), '--ready-file');
  try {
    return JSON.parse(text) as Running;
  } catch {
    throw new CommandError(exitBadInput, `--ready-file: ${String(file)}: not JSON`);
  }
}

const texts = (value: unknown): readonly string[] => (value ?? []) as readonly string[];

async function run(input: CommandInput): Promise<number> {
  const { options } = input;
  const running = readyOf(input);
  const seconds = parseCount(input, 'seconds', 1, 3600);
  const statusPort = parseCount(input, 'status-port', 1, 65_535);
  const [namespace = '', label = ''] = String(options['pods']).split('/', 2);
  if (namespace === '' || !/^[^=]+=[^=]*$/.test(label))
    throw new CommandError(exitUsage, `--pods takes NAMESPACE/LABEL=VALUE, not '${String(options['pods'])}'`);
  const gatewayUrls = [...texts(options['gateway']), ...(running.admin === undefined ? [] : [running.admin])];
  const wrong = gatewayUrls.find((url) => !URL.canParse(url));
  if (wrong !== undefined) throw new CommandError(exitUsage, `--gateway takes a URL, not '${wrong}'`);
  const given = options['out'] === undefined ? null : String(options['out']);
  if (given !== null) demandWritable(given);
  const kubeconfig = options['kubeconfig'] ?? running.kubeconfig;
  const connection = await connectTo(kubeconfig, options['context']);
  try {
    const bundle = await gatherBundle({
      api: connection.api,
      namespaces: texts(options['namespace']),
      gatewayUrls,
      pods: { namespace, label },
      statusPort,
      logFiles: texts(options['log']),
      seconds,
      pause: (ms) => pause(ms),
      nowText: () => new Date().toISOString(),
    });
    if (bundle.objects.length === 0 && bundle.missing.length > 0)
      throw new CommandError(exitEnvironment, `nothing could be read: ${bundle.missing[0]}`);
    const out = given ?? `tidegate-${bundle.collectedAt.replace(/[^0-9TZ]/g, '')}.bundle.gz`;
    const bytes = packBundle(bundle);
    writeOutput(out, bytes, 0o600);
    for (const sentence of bundle.missing) process.stderr.write(`missing: ${sentence}\n`);
    const { objects, events, gateways, rates, missing } = bundle;
    const counts = {
      file: out,
      bytes: bytes.length,
      objects: objects.length,
      events: events.length,
      gateways: gateways.length,
      routes: rates.length,
      missing,
    };
    process.stdout.write(
      options['json'] === true
        ? `${JSON.stringify(counts)}\n`
        : `${out}  objects: ${counts.objects}, events: ${counts.events}, gateways: ${counts.gateways}, routes with requests: ${counts.routes}, ${bytes.length} bytes\n` +
            `  as a scenario  tidegate scenario from-bundle ${out}\n`,
    );
    return exitOk;
  } finally {
    connection.close();
  }
}

export const command: Command = {
  name: 'collect',
  summary: 'objects, events, metrics, rates and logs of a running cluster as one file, without secrets',
  usage: '',
  options: {
    kubeconfig: {
      type: 'string',
      value: 'FILE',
      help: 'default: KUBECONFIG, ~/.kube/config, or the pod itself',
    },
    context: { type: 'string', value: 'NAME', help: 'context of the kubeconfig' },
    'ready-file': {
      type: 'string',
      value: 'FILE',
      help: 'what dev --ready-file wrote: its cluster and its gateway',
    },
    namespace: {
      type: 'string',
      short: 'n',
      multiple: true,
      value: 'NAME',
      help: 'only objects of this namespace; repeatable',
    },
    gateway: {
      type: 'string',
      multiple: true,
      value: 'URL',
      help: 'Admin API or status page of a gateway; repeatable',
    },
    pods: {
      type: 'string',
      value: 'NAMESPACE/LABEL=VALUE',
      default: 'tidegate/app=tidegate',
      help: 'pods of ours, whose logs and metrics are read through the API server',
    },
    'status-port': { type: 'string', value: 'PORT', default: '8100', help: 'port of their status page' },
    seconds: { type: 'string', value: 'N', default: '10', help: 'how long requests are counted' },
    log: { type: 'string', multiple: true, value: 'FILE', help: 'the end of this log too; repeatable' },
    out: { type: 'string', value: 'FILE', help: 'where to write; default: tidegate-TIME.bundle.gz' },
    json: { type: 'boolean', default: false, help: 'print one JSON object' },
  },
  examples: [
    ['tidegate collect --context production -n shop', 'one namespace of a cluster'],
    ['tidegate collect --ready-file ready.json', "what 'tidegate dev --ready-file ready.json' runs"],
    ['tidegate scenario from-bundle FILE', 'what was collected, as a scenario for the simulator'],
  ],
  run,
};
