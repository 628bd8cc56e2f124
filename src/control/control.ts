// The loop: watch, store, pace, snapshot, translate, push, tell. Each hop is one call below; nothing runs when nothing
// changed, and telling (status, events) never holds up the rest.
import type { Problem } from '../kube/problem.ts';
import type { AdminApi } from '../ports/admin-api.ts';
import type { Clock } from '../ports/clock.ts';
import type { KubeApi } from '../ports/kube-api.ts';
import type { Log } from '../ports/log.ts';
import type { Random } from '../ports/random.ts';
import { createPusher, type PusherStatus } from '../push/pusher.ts';
import { createStore } from '../store/store.ts';
import { defaultOptions, type TranslateOptions } from '../translate/options.ts';
import { translate } from '../translate/translate.ts';
import type { Translation } from '../translate/translation.ts';
import { createExclusions } from './exclusion.ts';
import { createFollow, type FollowCounts, type FollowOptions } from './follow.ts';
import { createLeader, type LeaderOptions } from './leader.ts';
import { createOwnership } from './ownership.ts';
import { createPace, defaultPaceLimits, type PaceLimits } from './pace.ts';
import { createTeller, type TellOptions } from './tell.ts';

export interface ControllerEnv {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly api: KubeApi;
  readonly gateways: readonly AdminApi[];
}

export interface ControllerOptions {
  readonly translate?: Partial<Omit<TranslateOptions, 'excluded'>>;
  readonly follow?: Partial<FollowOptions>;
  readonly pace?: Partial<PaceLimits>;
  /** null: no election; this controller writes status by itself. */
  readonly leader: LeaderOptions | null;
  /** Several controllers, one gateway: only the leader pushes. */
  readonly onlyLeaderPushes?: boolean;
  readonly tell?: Partial<TellOptions>;
}

export interface ControllerState {
  readonly synced: boolean;
  /** Synced, and each gateway that is ours to push to has accepted a config. */
  readonly ready: boolean;
  readonly leading: boolean;
  readonly translations: number;
  /** Rounds whose config was the same as before. */
  readonly emptyRounds: number;
  readonly watch: FollowCounts;
  readonly problems: readonly Problem[];
  readonly gateways: readonly (PusherStatus & { readonly name: string })[];
}

export interface Controller {
  start(): void;
  stop(done: () => void): void;
  state(): ControllerState;
}

export function createController(env: ControllerEnv, options: ControllerOptions): Controller {
  const { clock, log } = env;
  const store = createStore();
  const exclusions = createExclusions(clock, log);
  let translateOptions: TranslateOptions = { ...defaultOptions, ...options.translate };
  let translation: Translation | null = null;
  let translations = 0;
  let emptyRounds = 0;
  const leader =
    options.leader === null
      ? null
      : createLeader(env, options.leader, () => {
          deliver();
          teller.update();
        });
  const leads = (): boolean => leader === null || leader.isLeader();
  const ownership = createOwnership(env, options.onlyLeaderPushes === true ? leader : null, () => {
    round();
    deliver();
  });
  const pushes = (): boolean => options.onlyLeaderPushes !== true || leads();
  const teller = createTeller(env, options.tell ?? {}, {
    leads,
    isAccepted: ({ config }) => pushers.every((pusher) => pusher.status.acceptedId === config.id),
  });
  const problems = (): readonly Problem[] => [...(translation?.problems ?? []), ...exclusions.problems()];

  const pushers = env.gateways.map((gateway) =>
    createPusher(env, gateway, {
      mayPush: () => pushes(),
      onAccepted() {
        ownership.accepted(gateway.name);
        teller.update();
      },
      onRejected(config, message, rejections) {
        if (translation === null || translation.config !== config) return;
        if (exclusions.add(translation, message, rejections)) round();
      },
      onOtherVersion() {
        if (exclusions.forget() && translation !== null) round();
      },
      onSuperseded: (epoch) => ownership.superseded(gateway.name, epoch),
    }),
  );

  const round = (): void => {
    if (!follow.synced()) return;
    const snapshot = store.snapshot();
    exclusions.review(snapshot);
    if (translateOptions.excluded !== exclusions.keys)
      translateOptions = { ...translateOptions, excluded: exclusions.keys };
    const before = translation;
    translation = translate(snapshot, translateOptions, before);
    translations++;
    if (before !== null && before.config.id === translation.config.id) emptyRounds++;
    else deliver();
    teller.tell(translation, problems());
  };

  const deliver = (): void => {
    if (translation === null || !pushes()) return;
    const { config, memo } = translation;
    const revision = JSON.stringify(memo.snapshot.revision);
    const changes = JSON.stringify(memo.snapshot.changes);
    const epoch = ownership.epoch();
    for (const pusher of pushers)
      pusher.push(config, { epoch, revision, changes, isReset: ownership.isReset(pusher.gateway) });
  };

  const pace = createPace(clock, { ...defaultPaceLimits, ...options.pace }, round);
  const follow = createFollow(
    env,
    { namespaces: [], reflector: {}, without: [], ...options.follow },
    (event) => {
      teller.observe(event);
      const changed = store.apply(event);
      if (follow.synced() && (changed || translation === null)) pace.touch();
    },
  );

  return {
    start() {
      follow.start();
      leader?.start();
    },
    stop(done) {
      follow.stop();
      pace.stop();
      ownership.stop();
      teller.stop();
      for (const pusher of pushers) pusher.stop();
      if (leader === null) clock.after(0, done);
      else leader.stop(done);
    },
    state() {
      const synced = follow.synced();
      const accepted = pushers.every((pusher) => pusher.status.acceptedId !== '');
      return {
        synced,
        ready: synced && translation !== null && (accepted || !pushes()),
        leading: leads(),
        translations,
        emptyRounds,
        watch: follow.counts(),
        problems: problems(),
        gateways: pushers.map((pusher) => ({ name: pusher.gateway, ...pusher.status })),
      };
    },
  };
}
