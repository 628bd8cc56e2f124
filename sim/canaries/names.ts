// Defects of the gateway around names: DNS asked too late or too often, answers not believed or believed too much.
import type { Canary } from './canary.ts';

export const nameCanaries: readonly Canary[] = [
  {
    name: 'first-addresses-for-ever',
    property: 'P64',
    summary: 'What a name led to first it leads to for ever.',
    file: 'src/proxy/names/resolver.ts',
    find: 'if (isSameAnswer(watched.answer, answer)) return;',
    replace: "if (watched.answer.state === 'known' || isSameAnswer(watched.answer, answer)) return;",
  },
  {
    name: 'no-such-name-unheard',
    property: 'P64',
    summary: 'That a name does not exist any more changes nothing.',
    file: 'src/proxy/names/resolver.ts',
    find: 'if (leftMs <= 0) become(watched, isAbsent ? absentAnswer : failedAnswer);',
    replace:
      "if (leftMs <= 0 && watched.answer.state !== 'known') become(watched, isAbsent ? absentAnswer : failedAnswer);",
  },
  {
    name: 'removed-addresses-stay',
    property: 'P64',
    summary: 'Addresses that a name has lost stay among the targets.',
    file: 'src/proxy/compile/peer-maker.ts',
    find: 'for (const key of before.keys()) if (!now.has(key)) yield key;',
    replace: 'for (const [key, address] of before) if (!now.has(key)) now.set(key, address);',
  },
  {
    name: 'outage-empties-names',
    property: 'P65',
    summary: 'A name that cannot be looked up loses its addresses at once.',
    file: 'src/proxy/names/resolver.ts',
    find: "const leftMs = isAbsent || watched.answer.state !== 'known' ? 0 : watched.staleUntilMs - nowMs();",
    replace: 'const leftMs = 0;',
  },
  {
    name: 'first-answer-not-awaited',
    property: 'P65',
    summary: 'A request for a name that has not been looked up yet is refused.',
    file: 'src/proxy/exchange/exchange.ts',
    find: 'if (this.waitsForNames()) {',
    replace: 'if (this.waitsForNames() && this.isTunnel) {',
  },
  {
    name: 'asked-after-the-time',
    property: 'P66',
    summary: 'Names are asked for again long after their records have run out.',
    file: 'src/proxy/names/resolver.ts',
    find: 'lookAfter(watched, Math.max(refreshMsMin, Math.floor(ttlMs * share)));',
    replace: 'lookAfter(watched, Math.max(refreshMsMin, Math.floor(ttlMs * share)) * 3);',
  },
  {
    name: 'asked-without-a-pause',
    property: 'P66',
    summary: 'While DNS fails it is asked again at once, and again.',
    file: 'src/proxy/names/resolver.ts',
    find: 'const backoffMs = settings.errorTtlMs * 2 ** Math.min(doublingsMax, watched.failures);',
    replace: 'const backoffMs = 50;',
  },
];
