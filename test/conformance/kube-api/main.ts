// The script against a cluster of your own: `node test/conformance/kube-api/main.ts --kubeconfig FILE --context NAME`.
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createKubeApi } from '../../../src/io/kube-api.ts';
import { createCluster } from './cluster.ts';
import { group, namespace } from './kinds.ts';
import { cleanUp, play, prepare } from './play.ts';

const usage = `usage: node test/conformance/kube-api/main.ts --kubeconfig FILE --context NAME [--log FILE]

Plays the script of operations on the cluster of that context and compares its log with the one of tidegate cluster.
It makes, and takes away again, the namespace ${namespace} and the definition widgets.${group}.
Exit codes: 0 no difference, 1 differences or answers that the rules do not allow, 64 usage.
`;

const golden = new URL('./golden/tidegate.log', import.meta.url);

function differences(found: readonly string[], wanted: readonly string[]): string[] {
  const lines: string[] = [];
  for (let index = 0; index < Math.max(found.length, wanted.length); index++) {
    if (found[index] === wanted[index]) continue;
    lines.push(
      `line ${index + 1}`,
      `  tidegate: ${wanted[index] ?? ''}`,
      `  this one: ${found[index] ?? ''}`,
    );
  }
  return lines;
}

async function run(kubeconfig: string, context: string, logFile: string | undefined): Promise<number> {
  const connection = await createKubeApi({ kubeconfig, context });
  process.stderr.write(`${connection.server}: namespace ${namespace}, definition widgets.${group}\n`);
  const cluster = createCluster(connection.api);
  try {
    await prepare(cluster);
    try {
      const { log, problems } = await play(cluster);
      if (logFile !== undefined) writeFileSync(logFile, `${log.join('\n')}\n`);
      const different = differences(log, readFileSync(golden, 'utf8').trimEnd().split('\n'));
      for (const line of [...problems.map((problem) => `not allowed: ${problem}`), ...different])
        process.stdout.write(`${line}\n`);
      process.stdout.write(
        `${log.length} lines, ${different.length / 3} differ, ${problems.length} not allowed\n`,
      );
      return problems.length + different.length === 0 ? 0 : 1;
    } finally {
      await cleanUp(cluster);
    }
  } finally {
    connection.close();
  }
}

const { values } = parseArgs({
  options: {
    kubeconfig: { type: 'string' },
    context: { type: 'string' },
    log: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help) process.stdout.write(usage);
else if (values.kubeconfig === undefined || values.context === undefined) {
  process.stderr.write(usage);
  process.exitCode = 64;
} else process.exitCode = await run(values.kubeconfig, values.context, values.log);
