// Faults of single calls to the Kubernetes API: refused, told to wait, answered with an error, carried out without an
// answer, or slow.

import { failures } from '../cluster/failure.ts';
import type { ApiFailure } from '../cluster/store-api.ts';
import { apiPlace } from '../world/places.ts';
import { type Fault, pick } from './fault.ts';
import { controllerHosts } from './hosts.ts';
import {
  answerInstead,
  createChance,
  endWatches,
  failInstead,
  isTargets,
  loseAnswer,
  standInTheWay,
} from './in-the-way.ts';

const controllers: Fault['aim'] = (draw, shape) => ({
  target: pick(['', ...controllerHosts(shape)], draw('target', 64)),
  parameters: {},
});

const versionTooLarge: Fault = {
  id: 'C10',
  name: 'version-too-large',
  summary:
    'API servers say, after three seconds each time, that they have not got as far as the version that is asked for.',
  harms: ['control'],
  lastsMsMax: 8_000,
  aim: controllers,
  begin(stage) {
    const { world, record } = stage;
    const end = standInTheWay(world, {
      matches: (facts) => isTargets(stage, facts) && facts.method === 'GET' && !facts.isLease,
      wrap(facts) {
        record.hits++;
        const version = world.version();
        return answerInstead(
          facts,
          failures.versionTooLarge(version + 1, version),
          { 'retry-after': '1' },
          3_000,
        );
      },
    });
    record.hits += endWatches(world, 'close');
    return end;
  },
};

const tooManyRequests: Fault = {
  id: 'C12',
  name: 'too-many-requests',
  summary: 'API servers answer some or all calls with 429, with or without saying when to come again.',
  harms: ['control'],
  lastsMsMax: 8_000,
  aim: (draw, shape, plan) => ({
    target: controllers(draw, shape, plan)!.target,
    parameters: {
      retryAfterSeconds: pick([0, 0, 1, 2], draw('retry-after', 64)),
      permille: pick([300, 700, 1_000], draw('permille', 64)),
      cutsWatches: draw('cuts', 2) === 1,
    },
  }),
  begin(stage) {
    const { world, record } = stage;
    const { retryAfterSeconds, permille, cutsWatches } = stage.entry.parameters;
    const isHit = createChance(stage, Number(permille));
    const failure: ApiFailure = {
      code: 429,
      reason: 'TooManyRequests',
      message: 'too many requests, please try again later',
      ...(retryAfterSeconds === 0 ? {} : { details: { retryAfterSeconds } }),
    };
    const headers: Record<string, string> =
      retryAfterSeconds === 0 ? {} : { 'retry-after': String(retryAfterSeconds) };
    const end = standInTheWay(world, {
      matches: (facts) => isTargets(stage, facts) && isHit(facts),
      wrap(facts) {
        record.hits++;
        return answerInstead(facts, failure, headers);
      },
    });
    if (cutsWatches === true) record.hits += endWatches(world, 'cut');
    return end;
  },
};

const reasons: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  500: 'InternalError',
  502: 'BadGateway',
  503: 'ServiceUnavailable',
};

const apiErrors: Fault = {
  id: 'C13',
  name: 'api-errors',
  summary:
    'API servers answer with 401, 403, 500, 502 or 503, or refuse connections, as while tokens and roles are replaced.',
  harms: ['control'],
  lastsMsMax: 8_000,
  aim: (draw, shape, plan) => ({
    target: controllers(draw, shape, plan)!.target,
    parameters: {
      status: pick([0, 401, 403, 500, 502, 503], draw('status', 64)),
      permille: pick([300, 1_000], draw('permille', 64)),
      cutsWatches: draw('cuts', 2) === 1,
    },
  }),
  begin(stage) {
    const { world, record } = stage;
    const { status, permille, cutsWatches } = stage.entry.parameters;
    const code = Number(status);
    const isHit = createChance(stage, Number(permille));
    const end = standInTheWay(world, {
      matches: (facts) => isTargets(stage, facts) && isHit(facts),
      wrap(facts) {
        record.hits++;
        if (code === 0) return failInstead(facts, 'ECONNREFUSED');
        return answerInstead(facts, { code, reason: reasons[code]!, message: `injected ${code}` }, {});
      },
    });
    if (cutsWatches === true) record.hits += endWatches(world, 'cut');
    return end;
  },
};

const lostAnswer: Fault = {
  id: 'C14',
  name: 'lost-answer',
  summary: 'Writes are carried out, but the controller never hears so.',
  harms: ['control'],
  lastsMsMax: 8_000,
  aim: (draw, shape, plan) => ({
    target: controllers(draw, shape, plan)!.target,
    parameters: {
      how: pick(['reset', 'silence'], draw('how', 2)),
      permille: pick([500, 1_000], draw('permille', 2)),
      leases: draw('leases', 2) === 1,
    },
    // Most writes are made at the beginning.
    ...(draw('early', 2) === 1 ? { atMs: 0 } : {}),
  }),
  begin(stage) {
    const { world, record } = stage;
    const { how, permille, leases } = stage.entry.parameters;
    const isHit = createChance(stage, Number(permille));
    return standInTheWay(world, {
      matches: (facts) =>
        isTargets(stage, facts) &&
        facts.method !== 'GET' &&
        (leases === true || !facts.isLease) &&
        isHit(facts),
      wrap(_facts, next) {
        record.hits++;
        return loseAnswer(next, how as 'reset' | 'silence');
      },
    });
  },
};

const slowAnswers: Fault = {
  id: 'C15',
  name: 'slow-answers',
  summary: 'The line to the API servers is thin, so that lists and their pages take seconds.',
  harms: ['control'],
  lastsMsMax: 6_000,
  aim: (draw, shape) => ({
    target: pick(controllerHosts(shape), draw('target', 64)),
    parameters: {
      bytesPerSecond: pick([20_000, 60_000, 200_000], draw('speed', 64)),
      relists: draw('relists', 2) === 1,
    },
  }),
  begin(stage) {
    const { world, record, entry } = stage;
    const { bytesPerSecond, relists } = entry.parameters;
    const servers = world.cluster.apiServers.map((_, index) => apiPlace(index).name);
    for (const server of servers) record.hits += world.faults.openCalls(entry.target, server);
    const end = world.faults.shape(entry.target, servers, { bytesPerSecond: Number(bytesPerSecond) });
    const uncount = standInTheWay(world, {
      matches: (facts) => isTargets(stage, facts),
      wrap(_facts, next) {
        record.hits++;
        return next;
      },
    });
    if (relists === true) record.hits += endWatches(world, 'gone');
    return () => {
      end();
      uncount();
    };
  },
};

export const apiCallFaults: readonly Fault[] = [
  versionTooLarge,
  tooManyRequests,
  apiErrors,
  lostAnswer,
  slowAnswers,
];
