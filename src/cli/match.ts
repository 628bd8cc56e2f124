// `tidegate match`: which route a request gets, and why the others do not; nothing is sent anywhere.

import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Result } from '../base/result.ts';
import type { AskedRequest } from '../proxy/router/asked.ts';
import { adminClientOptionSpecs } from './admin-client.ts';
import type { Command, CommandInput } from './command.ts';
import { CommandError, exitBadInput, exitOk, exitProblems, exitUsage } from './exit-codes.ts';
import { readInputText } from './input-file.ts';
import { askedOfLine, readAskedLine } from './match/asked-line.ts';
import { createOfflineRouter, type OfflineRouter } from './match/offline.ts';
import { formatExplained } from './match/show.ts';
import { readSource } from './match/source.ts';
import { routerFlavorOption } from './router-flavor-option.ts';

/** Characters that are gathered before they are written. */
const writtenAtOnce = 1 << 20;

function requestIn(result: Result<AskedRequest>, exitCode: number, where: string): AskedRequest {
  if (result.ok) return result.value;
  throw new CommandError(exitCode, `${where}${result.error}`);
}

function requestOf({ options, positionals }: CommandInput): AskedRequest {
  const [method = '', url = ''] = positionals;
  const headers = (options['header'] as readonly string[]).map((line): readonly [string, string] => {
    const colon = line.indexOf(':');
    if (colon < 1) throw new CommandError(exitUsage, `-H must be 'NAME: VALUE', not '${line}'`);
    return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
  });
  const text = (name: string): string | null => (options[name] === undefined ? null : String(options[name]));
  const line = { method, url, headers, sni: text('sni'), clientIp: text('client-ip') };
  return requestIn(askedOfLine(line), exitUsage, '');
}

function matchOne(router: OfflineRouter, input: CommandInput): number {
  const explained = router.explain(requestOf(input));
  process.stdout.write(
    input.options['json'] === true ? `${JSON.stringify(explained)}\n` : formatExplained(explained),
  );
  return explained.route === null ? exitProblems : exitOk;
}

async function* linesOf(file: string): AsyncGenerator<string> {
  // Small files at once; others, and standard input, as they come.
  if (file !== '-') {
    yield* readInputText(file).split('\n');
    return;
  }
  yield* createInterface({ input: createReadStream('', { fd: 0 }) });
}

async function matchLines(router: OfflineRouter, input: CommandInput, file: string): Promise<number> {
  const isJson = input.options['json'] === true;
  let written = '';
  let number = 0;
  const flush = (): void => {
    process.stdout.write(written);
    written = '';
  };
  try {
    for await (const line of linesOf(file)) {
      number++;
      if (line.trim() === '') continue;
      const answer = router.answer(requestIn(readAskedLine(line), exitBadInput, `${file}:${number}: `));
      written += isJson
        ? `${JSON.stringify(answer)}\n`
        : `${answer.route ?? '-'}\t${answer.service ?? '-'}\t${answer.upstreamHost ?? '-'}\t${answer.upstreamPath ?? '-'}\n`;
      if (written.length > writtenAtOnce) flush();
    }
  } finally {
    flush();
  }
  return exitOk;
}

export const command: Command = {
  name: 'match',
  summary: 'which route and service a request gets, and why not the others',
  usage: '(METHOD URL | --requests FILE)',
  options: {
    file: { type: 'string', short: 'f', value: 'CONFIG', help: 'declarative YAML or JSON with the routes' },
    header: {
      type: 'string',
      multiple: true,
      short: 'H',
      value: 'NAME:VALUE',
      help: 'a header of the request; Host stands for that of the URL',
    },
    sni: { type: 'string', value: 'NAME', help: 'TLS server name; default: the host of an https URL' },
    'client-ip': { type: 'string', value: 'ADDRESS', help: 'where the request comes from' },
    requests: {
      type: 'string',
      value: 'FILE',
      help: 'a request a line, {"method","url","headers"?,"sni"?,"clientIp"?}; - is standard input; an answer a line',
    },
    flavor: routerFlavorOption,
    json: {
      type: 'boolean',
      default: false,
      help: 'print {"route","service","upstreamPath","upstreamHost"}; for one request also "captures" and "losers"',
    },
    ...adminClientOptionSpecs,
  },
  examples: [
    ['tidegate match -f kong.yaml GET https://shop.example/cart', 'the route, and what the others lack'],
    [
      "tidegate match -f kong.yaml GET http://shop.example/ -H 'X-Version: 2' --json",
      'with a header, as JSON',
    ],
    ['tidegate match -f kong.yaml --requests requests.jsonl --json', 'many requests, one answer each'],
    [
      'tidegate match --kong-admin-url http://localhost:8001 GET /cart -H Host:shop.example',
      'as a gateway has it now',
    ],
  ],
  async run(input) {
    const { requests } = input.options;
    const isOne = requests === undefined;
    if (isOne ? input.positionals.length !== 2 : input.positionals.length > 0)
      throw new CommandError(
        exitUsage,
        "give one request as METHOD URL, or many with --requests FILE; see 'tidegate match --help'",
      );
    const { config, flavor } = await readSource(input);
    const router = createOfflineRouter(config, flavor);
    return isOne ? matchOne(router, input) : matchLines(router, input, String(requests));
  },
};
