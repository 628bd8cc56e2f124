// Defects that a scenario shows: what it expects of its steps and promises of its requests, and what becomes of a gateway whose
// process died.
import type { Canary } from './canary.ts';

export const scenarioCanaries: readonly Canary[] = [
  {
    name: 'problems-told-to-nobody',
    property: 'S1',
    summary: 'No Event is written about an object with a problem.',
    file: 'src/control/tell.ts',
    find: "      writeEvent({ object, type: 'Warning', reason, message: text });",
    replace: '      void reason;',
    scenario: 'reconfiguration/one-bad-ingress',
  },
  {
    name: 'nothing-is-repeated',
    property: 'S2',
    summary: 'A GET whose connection breaks is not tried on another pod.',
    file: 'src/proxy/exchange/forward.ts',
    find: 'return !this.isSent || this.isIdempotent();',
    replace: 'return !this.isSent && this.isIdempotent();',
    scenario: 'failure/half-dead-pod',
  },
  {
    name: 'last-good-config-unread',
    property: 'S3',
    summary: 'What was kept is not looked at when a gateway starts.',
    file: 'src/proxy/server/kept-config.ts',
    find: 'if (bytes === null) return ok(null);',
    replace: 'if (bytes === null || bytes.length > 0) return ok(null);',
    scenario: 'start/last-good-configuration',
  },
  {
    name: 'last-good-config-trusted-at-once',
    property: 'S3',
    summary: 'A gateway is ready with what it kept before anybody could say what is current.',
    file: 'src/proxy/server/main.ts',
    find: "if (proxy.keptState() === 'waiting')",
    replace: "if (proxy.keptState() === 'waiting' && !configured)",
    scenario: 'start/last-good-configuration',
  },
  {
    name: 'lost-config-unnoticed',
    property: 'P30',
    summary: 'A gateway that has lost its config in a crash is taken for one that still has it.',
    file: 'src/push/pusher.ts',
    find: '  if (!lost) return;',
    replace: '  if (!lost || self.accepted !== null) return;',
    scenario: 'failure/proxy-crash',
  },
  {
    name: 'deltas-for-everybody',
    property: 'S1',
    summary: 'A gateway gets changes of configs, whether it says that it reads them or not.',
    file: 'src/push/pusher.ts',
    find: 'self.deltas = readsDeltas(root.body);',
    replace: 'self.deltas = readsDeltas(root.body) || root.status === 200;',
    scenario: 'reconfiguration/controllers-upgraded-first',
  },
  {
    name: 'refused-for-ever',
    property: 'S1',
    summary: 'What an older gateway refused is not offered to the newer one in its place.',
    file: 'src/control/control.ts',
    find: 'if (exclusions.forget() && translation !== null) round();',
    replace: 'if (exclusions.keys.size < 0) round();',
    scenario: 'reconfiguration/plugin-newer-than-proxies',
  },
];
