// What is edited of the product while an observed process loads it: at its seams, each hands something to the observer
// (observer.ts), which hands it back with its own ears on it. The product has no lever for that, and needs none.

export interface Edit {
  /** From the root of the repository. */
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly find: string;
  readonly replace: string;
}

/** Where edited text finds the observer. */
export const observerName = 'tidegateObserver';

// Text of a program whose globals nobody has typed.
const observed = `(globalThis as any).${observerName}`;

export const observerEdits: readonly Edit[] = [
  {
    file: 'src/io/worker-thread.ts',
    find: 'createWorker(createEnv(log), channel, options',
    replace: `createWorker(${observed}.env(createEnv(log), options), ${observed}.channel(channel, options), options`,
  },
  {
    file: 'src/cli/gateway.ts',
    find: 'const workers = createWorkers(options.log, workerHeapMb(memoryBytes, options.workers));',
    replace: `const workers = ${observed}.workers(createWorkers(options.log, workerHeapMb(memoryBytes, options.workers)));`,
  },
  {
    file: 'src/cli/gateway.ts',
    find: "import { createWorkers } from '../io/workers.ts';",
    replace:
      "import { createWorkers } from '../io/workers.ts'; import { encodeDeclarative as observedEncode } from '../kong/encode.ts';",
  },
  {
    file: 'src/cli/gateway.ts',
    find: 'const proxy = createThreads(env, options, kept);',
    replace: `const proxy = ${observed}.proxy(createThreads(${observed}.main(env), options, kept), observedEncode);`,
  },
  {
    file: 'src/cli/combined.ts',
    find: "const own = inProcessGateway(env.clock, 'in-process', gateway.admin);",
    replace: `const own = ${observed}.gateway(inProcessGateway(env.clock, 'in-process', gateway.admin));`,
  },
  {
    file: 'src/proxy/compile/compiler.ts',
    find: '    upstreams.publish();\n',
    replace: `    upstreams.publish();\n    ${observed}.visible();\n`,
  },
  // Options of the controller that no command has, for worlds in which time is short.
  {
    file: 'src/cli/controller-options.ts',
    find: "leader: options['leader-elect'] === false ? null : { lease, identity },",
    replace: `leader: options['leader-elect'] === false ? null : { lease, identity, ...${observed}.figures.leader }, ...(${observed}.figures.pace === undefined ? {} : { pace: ${observed}.figures.pace }),`,
  },
  {
    file: 'src/cli/controller-options.ts',
    find: "follow: { namespaces: (options['watch-namespace'] ?? []) as readonly string[] },",
    replace: `follow: { namespaces: (options['watch-namespace'] ?? []) as readonly string[], ...${observed}.figures.follow },`,
  },
  {
    file: 'src/cli/controller-options.ts',
    find: 'log: env.log, api, gateways }',
    replace: `log: env.log, api: ${observed}.api(api), gateways }`,
  },
  {
    file: 'src/control/leader.ts',
    find: '    isLeader,\n    raise',
    replace: `    isLeader: ${observed}.leads(isLeader),\n    raise`,
  },
];
