// What the names in use stand for, kept fresh: each is looked up again before its records run out, by one look at a time. While
// nobody can tell, the old addresses go on; that there is no such name is believed at once, as in Kong.
import type { Clock, Timer } from '../../ports/clock.ts';
import type { Dns } from '../../ports/dns.ts';
import type { Log } from '../../ports/log.ts';
import type { Random } from '../../ports/random.ts';
import { absentAnswer, failedAnswer, isSameAnswer, type NameAnswer, waitingAnswer } from './answer.ts';
import { type Asked, type LookupResult, lookUp } from './lookup.ts';
import { Questions } from './questions.ts';
import { hostsEntry, type NameSettings } from './settings.ts';

export interface ResolverEnv {
  readonly clock: Clock;
  readonly dns: Dns;
  readonly random: Random;
  readonly log: Log;
}

export interface Resolver {
  /** Begins to follow the name; its first answer is 'waiting', or known from the hosts file. */
  watch(name: string): void;
  unwatch(name: string): void;
  /** Of a name that is watched. */
  answer(name: string): NameAnswer;
  stop(): void;
}

interface Watched {
  readonly name: string;
  answer: NameAnswer;
  last: Asked | null;
  timer: Timer | null;
  /** Looks in a row that told nothing. */
  failures: number;
  /** Monotonic milliseconds until which known addresses may be used without news. */
  staleUntilMs: number;
  isGone: boolean;
}

/** Records that say they are good for less are asked for no more often. */
const refreshMsMin = 1_000;
/** Of a record's time, up to a tenth earlier: gateways that learnt a name together do not ask together for ever. */
const refreshShare = 0.9;
const doublingsMax = 4;
/** Names that nobody asks for any more; what was known of them is there again when they come back. */
const restingMax = 1_000;

export function createResolver(
  { clock, dns, random, log }: ResolverEnv,
  settings: NameSettings,
  changed: (name: string) => void,
): Resolver {
  const questions = new Questions(dns);
  const all = new Map<string, Watched>();
  /** The one that left first at the beginning. */
  const resting = new Map<string, Watched>();

  const nowMs = (): number => Math.floor(clock.monotonicUs() / 1000);

  const become = (watched: Watched, answer: NameAnswer): void => {
    if (isSameAnswer(watched.answer, answer)) return;
    watched.answer = answer;
    changed(watched.name);
  };

  const lookAfter = (watched: Watched, delayMs: number): void => {
    watched.timer = clock.after(delayMs, () => {
      watched.timer = null;
      look(watched);
    });
  };

  const found = (watched: Watched, result: LookupResult & { readonly kind: 'known' }): void => {
    const { name } = watched;
    if (watched.failures > 0) log.info('a name is resolved again', { name });
    if (result.leftOut > 0 && watched.answer.addresses.length !== result.addresses.length)
      log.warn('a name has too many addresses, those that come last in order are left out', {
        name,
        leftOut: result.leftOut,
      });
    const ttlMs = settings.validTtlMs ?? result.ttlMs;
    watched.failures = 0;
    watched.last = result.asked;
    watched.staleUntilMs = nowMs() + ttlMs + settings.staleTtlMs;
    const share = refreshShare - (random.uint32(`dns ${name}`) / 0x1_0000_0000) * 0.1;
    lookAfter(watched, Math.max(refreshMsMin, Math.floor(ttlMs * share)));
    become(watched, { state: 'known', type: result.asked.type, addresses: result.addresses });
  };

  /** `isAbsent`: that is what was said; else nobody could tell. */
  const missed = (watched: Watched, isAbsent: boolean, reason: string): void => {
    const { name } = watched;
    const leftMs = isAbsent || watched.answer.state !== 'known' ? 0 : watched.staleUntilMs - nowMs();
    if (watched.failures === 0) log.warn('a name cannot be resolved', { name, reason, isStale: leftMs > 0 });
    const backoffMs = settings.errorTtlMs * 2 ** Math.min(doublingsMax, watched.failures);
    watched.failures++;
    const waitMs = isAbsent ? settings.notFoundTtlMs : backoffMs;
    const againMs = leftMs > 0 ? Math.min(waitMs, leftMs) : waitMs;
    lookAfter(watched, Math.max(1, againMs));
    if (leftMs <= 0) become(watched, isAbsent ? absentAnswer : failedAnswer);
  };

  const look = (watched: Watched): void => {
    const { name } = watched;
    lookUp(questions, settings, name, watched.last, watched.answer.state !== 'known', (result) => {
      if (watched.isGone) return;
      if (result.kind === 'known') found(watched, result);
      else if (result.kind === 'failed') missed(watched, false, result.code);
      // The name exists: what had records before may have them again, and Kong uses the old ones meanwhile.
      else missed(watched, result.kind === 'absent' || watched.answer.state !== 'known', result.kind);
    });
  };

  const fixed = (name: string): NameAnswer | null => {
    const entry = hostsEntry(settings, name.replace(/\.$/, ''));
    if (entry === null) return null;
    const prefersIpv6 = settings.order.find((type) => type === 'A' || type === 'AAAA') === 'AAAA';
    const isIpv6 = entry.ipv4 === null || (prefersIpv6 && entry.ipv6 !== null);
    const host = isIpv6 ? entry.ipv6! : entry.ipv4!;
    return {
      state: 'known',
      type: isIpv6 ? 'AAAA' : 'A',
      addresses: [{ host, port: 0, weight: 0, serviceName: '' }],
    };
  };

  return {
    watch(name) {
      if (all.has(name)) return;
      const known = fixed(name);
      const before = resting.get(name);
      resting.delete(name);
      const isStale = before !== undefined && before.staleUntilMs > nowMs();
      const watched: Watched = {
        name,
        answer: known ?? (isStale ? before.answer : waitingAnswer),
        last: before?.last ?? null,
        timer: null,
        failures: 0,
        staleUntilMs: before?.staleUntilMs ?? 0,
        isGone: false,
      };
      all.set(name, watched);
      if (known === null) look(watched);
    },
    unwatch(name) {
      const watched = all.get(name);
      if (watched === undefined) return;
      watched.isGone = true;
      watched.timer?.cancel();
      all.delete(name);
      if (watched.answer.state !== 'known') return;
      resting.set(name, watched);
      if (resting.size > restingMax) resting.delete(resting.keys().next().value!);
    },
    answer: (name) => all.get(name)?.answer ?? waitingAnswer,
    stop() {
      for (const watched of all.values()) {
        watched.isGone = true;
        watched.timer?.cancel();
      }
      all.clear();
      resting.clear();
      questions.stop();
    },
  };
}
