// What is done with each command of the docs that is not simply run.

/** What a command is run as, or why it is not, and whether TIDEGATE_DOCS=all runs it nevertheless. */
export type Instead =
  | { readonly how: 'run' }
  | { readonly how: 'not run'; readonly why: string }
  /** Takes long. */
  | { readonly how: 'on request'; readonly why: string }
  /** Runs until the page is done; what comes next waits for the file that it writes. */
  | { readonly how: 'meanwhile'; readonly until: string; readonly port: number };

const notRun = (why: string): Instead => ({ how: 'not run', why });
const onRequest = (why: string): Instead => ({ how: 'on request', why });

const forEver = notRun('it runs until somebody stops it');
const servers = notRun('servers that run until somebody stops them, and questions to these; run by hand');
const onK3s = onRequest('20 s, and test/local/k3s runs the same');
const kept = onRequest('half a minute, and each needs the one before');
const tests = notRun('it is the test run itself');

/** By page, by command; '*' = all of a page that are not named. */
export const instead: Readonly<Record<string, Readonly<Record<string, Instead>>>> = {
  'README.md': {
    'npm ci && npm start': forEver,
    'npm ci && npm test': tests,
    '*': notRun('questions to npm start, which test/unit/dev and test/smoke start'),
  },
  'docs/bundles.md': { '*': notRun('test/local/bundle runs them, on free ports') },
  'docs/operations.md': { '*': servers },
  'docs/quickstart.md': {
    'npx tidegate translate -f samples/shop.yaml': { how: 'run' },
    '*': notRun('npm start runs until somebody stops it, and the rest are questions to it'),
  },
  'docs/scenarios.md': {
    'npx tidegate scenario run': notRun('test/smoke/scenarios.test.ts runs it'),
    'npx tidegate scenario run scenarios/traffic --repeat 3': onRequest('half a minute'),
    'npx tidegate scenario run --filter "rolling update" --on sim,local':
      onRequest('it needs a quiet machine'),
    'npx tidegate scenario canaries --on local --filter retry-of-post': onRequest('20 s'),
    'npx tidegate simulate --on local --runs 2 --seed 1': onRequest('20 s'),
    'npx tidegate scenario run scenarios/failure/watch-cut.yaml --seeds 1..3': onRequest('10 s'),
    'npx tidegate scenario run scenarios/start/cold-start.yaml --set count=200': onRequest('10 s'),
    'npx tidegate scenario run --filter crash-at-every-write': onRequest('10 s'),
    'npx tidegate simulate --canary wheel-stands-still --property P22 --seed 1 --runs 200 --traces traces':
      kept,
    'npx tidegate scenario from-trace traces/P22-wheel-stands-still-*.jsonl.gz --out kept.yaml': kept,
    'npx tidegate scenario run kept.yaml': kept,
    'npx tidegate scenario run kept.yaml --canary wheel-stands-still': kept,
    'npx tidegate scenario run scenarios/ --on local': notRun(
      'ten minutes; test/local/scenarios runs a part',
    ),
  },
  'docs/simulator.md': {
    'npx tidegate simulate': onRequest('a minute'),
    'npx tidegate simulate --runs 1000 --seed 1': onRequest('ten minutes'),
    'npx tidegate simulate --property P12 --faults crash-worker': onRequest('a minute'),
    'npx tidegate simulate --canary wheel-stands-still --property P22 --seed 1': onRequest('20 s'),
    'npx tidegate simulate -f samples/shop.yaml --runs 50': onRequest('20 s'),
    'helm template my-chart | npx tidegate simulate -f -': notRun('it needs helm and a chart of yours'),
  },
  'docs/testing-with-k3s.md': {
    'npx tidegate cluster --kubeconfig kube.yaml': { how: 'meanwhile', until: 'kube.yaml', port: 6443 },
    'npx tidegate scenario run scenarios/scaling/zero-to-many.yaml --on k3s --kubeconfig kube.yaml --context tidegate':
      onK3s,
    'npx tidegate scenario run scenarios/failure/watch-cut.yaml --set fault=tear-watch --on k3s --kubeconfig kube.yaml --context tidegate --allow-disruptive':
      onK3s,
    'npx tidegate scenario run scenarios/failure/node-loss.yaml --on k3s --kubeconfig kube.yaml --context tidegate --allow-disruptive':
      onK3s,
    'node test/conformance/kube-api/main.ts --kubeconfig kube.yaml --context tidegate --log tidegate.log':
      onRequest('test/conformance/kube-api plays the same script'),
    'docker build -f deploy/Dockerfile -t tidegate:0.1.0 .': notRun('it needs the image node:26-slim'),
    'TIDEGATE_CLUSTER_SCENARIOS=all npx vitest run --project local test/local/k3s': notRun(
      'fifteen minutes; CI runs it',
    ),
  },
};
