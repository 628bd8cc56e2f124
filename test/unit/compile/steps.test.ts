// However large a change is, one step of it is small: requests wait for a step, so it must not grow with the number of
// targets.
import { expect, test } from 'vitest';
import { emptyConfig, type GatewayConfig } from '../../../src/kong/config.ts';
import { decodeDeclarative } from '../../../src/kong/decode.ts';
import { diffConfigs } from '../../../src/kong/delta.ts';
import { createCompiler } from '../../../src/proxy/compile/compiler.ts';
import { peersPerStep } from '../../../src/proxy/compile/peer-set.ts';

const targetCount = 1000;

function crowd(from: number): GatewayConfig {
  const targets = Array.from({ length: targetCount }, (_, i) => ({ target: `10.0.0.1:${from + i}` }));
  const decoded = decodeDeclarative({
    _format_version: '3.0',
    upstreams: [{ name: 'crowd', targets }],
    services: [{ name: 's', host: 'crowd' }],
  });
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
  return decoded.value;
}

/** The most endpoints that one step takes or gives back; the whole number of those held at the end. */
function walk(versions: readonly GatewayConfig[]): { readonly most: number; readonly held: number } {
  let inStep = 0;
  let most = 0;
  let held = 0;
  const compiler = createCompiler({
    env: { clock: { wallMs: () => 0, monotonicUs: () => 0, after: () => ({ cancel() {} }) } },
    endpoints: {
      acquire(host, port) {
        inStep++;
        held++;
        return { key: `${host}:${port}`, host, port };
      },
      release() {
        inStep++;
        held--;
      },
    },
    shared: {
      health: new Int32Array(8),
      shares: new Int32Array(64),
      counters: new Int32Array(4),
      statistics: new Float64Array(4),
      routes: [],
    },
    handlers: new Map(),
  });
  let from = emptyConfig;
  for (const to of versions) {
    const job = compiler.begin(diffConfigs(from, to));
    from = to;
    for (let isDone = false; !isDone; ) {
      inStep = 0;
      isDone = job.step();
      most = Math.max(most, inStep);
    }
  }
  return { most, held };
}

test.each([
  ['a service with many pods', [crowd(1)], targetCount],
  ['one of many pods replaced', [crowd(1), crowd(2)], targetCount],
  ['many pods gone', [crowd(1), emptyConfig], 0],
])('%s', (_name, versions, held) => {
  const walked = walk(versions);
  expect(walked.held).toBe(held);
  expect(walked.most).toBeGreaterThan(0);
  expect(walked.most).toBeLessThanOrEqual(peersPerStep);
});
