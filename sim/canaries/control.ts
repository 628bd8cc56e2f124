// Defects of the controller: leadership, status, pace, what is pushed and by whom.
import type { Canary } from './canary.ts';

export const controlCanaries: readonly Canary[] = [
  {
    name: 'ready-before-sync',
    property: 'P26',
    summary: 'The controller translates and pushes as soon as it has read one kind.',
    file: 'src/control/follow.ts',
    find: 'synced: () => reflectors.every(',
    replace: 'synced: () => reflectors.some(',
  },
  {
    name: 'status-from-a-non-leader',
    property: 'P41',
    summary: 'A controller that does not lead writes status.',
    file: 'src/control/control.ts',
    find: 'createTeller(env, options.tell ?? {}, {\n    leads,',
    replace: 'createTeller(env, options.tell ?? {}, {\n    leads: () => true,',
  },
  {
    name: 'two-leaders',
    property: 'P41',
    summary: 'A candidate takes the lease although its holder renews it.',
    file: 'src/control/leader.ts',
    find: 'return ageMs(self, self.observedUs) >= validMs;',
    replace: 'return validMs > 0;',
  },
  {
    name: 'leads-for-ever',
    property: 'P41',
    summary: 'A leader whose lease ran out goes on leading.',
    file: 'src/control/leader.ts',
    find: 'const isLeader = (): boolean => self.leading && ageMs(self, self.renewedUs) < self.renewDeadlineMs;',
    replace: 'const isLeader = (): boolean => self.leading || self.renewedUs > 0;',
  },
  {
    name: 'nobody-succeeds',
    property: 'P42',
    summary: 'A lease that its holder has left behind is never taken over.',
    file: 'src/control/leader.ts',
    find: 'return ageMs(self, self.observedUs) >= validMs;',
    replace: 'return ageMs(self, self.observedUs) >= validMs * 1_000;',
  },
  {
    name: 'blind-condition-write',
    property: 'P44',
    summary: 'Conditions are written whole without the version that they were read at.',
    file: 'src/control/conditions.ts',
    find: 'body: { metadata: { uid: seen.uid, resourceVersion: seen.revision }, status: { conditions } },',
    replace: 'body: { metadata: { uid: seen.uid }, status: { conditions } },',
  },
  {
    name: 'status-for-a-namesake',
    property: 'P41',
    summary: 'Status is written to whatever object has the name now.',
    file: 'src/control/status.ts',
    find: 'body: { metadata: { uid: now.uid }, status: { loadBalancer: { ingress: wanted } } },',
    replace: 'body: { status: { loadBalancer: { ingress: wanted } } },',
  },
  {
    name: 'status-again-and-again',
    property: 'P47',
    summary: 'Status is written again every two seconds, in case somebody has changed it.',
    file: 'src/control/tell.ts',
    find: '    for (const write of writes)\n      writer.put({',
    replace: `    if (writes.length > 0) {
      const repeat = (): void => {
        for (const write of writes) writer.put(write);
        again = clock.after(2_000, repeat);
      };
      again?.cancel();
      again = clock.after(2_000, repeat);
    }
    for (const write of writes)
      writer.put({`,
  },
  {
    name: 'observes-a-later-generation',
    property: 'P39',
    summary: 'A condition speaks of a generation that no gateway has.',
    file: 'src/control/conditions.ts',
    find: '  if (accepted)\n    for (const [kind, { type }] of kinds)',
    replace: '  if (accepted || !accepted)\n    for (const [kind, { type }] of kinds)',
  },
  {
    name: 'lost-push',
    property: 'P30',
    summary: 'A delivery that failed is not tried again.',
    file: 'src/push/pusher.ts',
    find: '  next(self, Math.max(waitMs, self.backoff.nextMs(self.env.random.uint32(`push/${self.gateway.name}`))));',
    replace: '  self.settled = true;\n  void waitMs;',
  },
  {
    name: 'only-the-first-gateway',
    property: 'P31',
    summary: 'Changes after the first config go to one gateway only.',
    file: 'src/control/control.ts',
    find: '    for (const pusher of pushers)\n      pusher.push(config,',
    replace:
      '    for (const [index, pusher] of pushers.entries())\n      if (index === 0 || emptyRounds + translations < 4) pusher.push(config,',
  },
  {
    name: 'sends-what-is-there',
    property: 'P33',
    summary: 'A gateway is sent the config that it has.',
    file: 'src/push/pusher.ts',
    find: '  if (self.accepted !== null && self.accepted.id === config.id) {\n    settle',
    replace: "  if (self.accepted !== null && config.id === '') {\n    settle",
  },
  {
    name: 'older-config-accepted',
    property: 'P29',
    summary: 'A gateway takes a config that has seen less than the one it has.',
    file: 'src/proxy/server/staleness.ts',
    find: '  if (kind === null) return null;',
    replace: '  if (kind === null || kind !== null) return null;',
  },
  {
    name: 'wall-clock-deadlines',
    property: 'P55',
    summary: 'Whether a deadline is over is asked of the wall clock.',
    file: 'src/proxy/upstream/deadlines.ts',
    find: 'this.lastMs = Math.floor(this.clock.monotonicUs() / 1000);\n    this.lastWallMs',
    replace: `const ahead = this.clock.wallMs() - this.clock.monotonicUs() / 1000;
    const self = this as unknown as { firstAhead?: number };
    self.firstAhead ??= ahead;
    this.lastMs = Math.floor(this.clock.monotonicUs() / 1000 + ahead - self.firstAhead);
    this.lastWallMs`,
  },
  {
    name: 'status-address-taken-away',
    property: 'P40',
    summary: 'Now and then the published address is taken away from an Ingress that has it.',
    file: 'src/control/status.ts',
    find: `        if (now === undefined || now.addresses === text || asked.get(key) === mark) continue;
        asked.set(key, mark);`,
    replace: `        const isTurn = now?.addresses === text && Number(now?.revision) % 4 === 0;
        if (now === undefined || (now.addresses === text && !isTurn) || asked.get(key) === mark) continue;
        asked.set(key, mark);
        if (isTurn) {
          const path = \`/apis/networking.k8s.io/v1/namespaces/\${metadata.namespace}/ingresses/\${metadata.name}/status\`;
          const body = { metadata: { uid: now.uid }, status: { loadBalancer: { ingress: [] } } };
          const contentType = 'application/merge-patch+json';
          writes.push({ key: path, request: { method: 'PATCH', path, contentType, body } });
          continue;
        }`,
  },
  {
    name: 'push-needs-a-leader',
    property: 'P43',
    summary: 'A gateway that configures itself waits until it leads.',
    file: 'src/control/control.ts',
    find: 'const pushes = (): boolean => options.onlyLeaderPushes !== true || leads();',
    replace: 'const pushes = (): boolean => leads();',
  },
  {
    name: 'events-under-new-names',
    property: 'P45',
    summary: 'An Event that is told again is another Event instead of a higher count.',
    file: 'src/control/events.ts',
    find: 'metadata: { name: nameOf(event), namespace: namespaceOf(object) },',
    replace: 'metadata: { name: `${nameOf(event)}${wallMs % 100_000}`, namespace: namespaceOf(object) },',
  },
  {
    name: 'once-invalid-always-invalid',
    property: 'D2',
    summary: 'A KongConsumer that was wrong once is called invalid for ever.',
    file: 'src/control/conditions.ts',
    find: `        const wanted = outcomes[outcome];
        const old = now.conditions.find(({ type }) => type === 'Programmed');`,
    replace: `        const old = now.conditions.find(({ type }) => type === 'Programmed');
        const wanted = old?.reason === 'Invalid' ? outcomes.invalid : outcomes[outcome];`,
  },
];
