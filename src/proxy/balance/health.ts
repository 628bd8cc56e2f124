// Health of targets, one shared word each: counters and state as in Kong's health checker (lua-resty-healthcheck 3). All
// workers and the probes write the same words; state outlives compiled tables.
//
// Four states; requests see two of them, healthy and not. Between stand the "mostly" ones: the side has not changed, but
// reports of the other kind have come. A report is counted unless it says what is fully so already; a success wipes out the
// failures and the other way round. A limit of 0 turns its reports off: they change nothing at all.
import type { SharedWords } from '../../ports/shared.ts';

export type HealthState = 'healthy' | 'mostly_healthy' | 'mostly_unhealthy' | 'unhealthy';
export type FailureKind = 'http' | 'tcp' | 'timeout';

/** Bits 25 and 24: the state, in this order, so that bit 25 alone tells who is left out. */
const states: readonly HealthState[] = ['healthy', 'mostly_healthy', 'mostly_unhealthy', 'unhealthy'];
const stateShift = 24;
const unhealthyBit = 1 << 25;
const [healthy, mostlyHealthy, mostlyUnhealthy, unhealthy] = [0, 1, 2, 3];
/** Bit 26: the lowest byte counts successes. Else three bytes count failures by kind; there are never both. */
const successBit = 1 << 26;
const countersMask = (1 << stateShift) - 1;
const shifts: Readonly<Record<FailureKind, number>> = { http: 0, tcp: 8, timeout: 16 };

/** Words for so many targets: behind theirs stands one that tells that some target has become healthy or unhealthy. */
export function healthWords(targets: number): number {
  return targets + 1;
}

/** Targets for which there are words. */
export function healthTargets(words: SharedWords): number {
  return words.length - 1;
}

/** Another number each time that a target is used again, or is no longer. */
export function healthEpoch(words: SharedWords): number {
  return Atomics.load(words, words.length - 1);
}

/** After the target's word, so that who sees the number sees the word. */
function tellIfTurned(words: SharedWords, before: number, after: number): void {
  if (((before ^ after) & unhealthyBit) !== 0) Atomics.add(words, words.length - 1, 1);
}

export function isHealthy(words: SharedWords, slot: number): boolean {
  return (Atomics.load(words, slot) & unhealthyBit) === 0;
}

function stateOf(word: number): number {
  return (word >> stateShift) & 3;
}

export function healthState(words: SharedWords, slot: number): HealthState {
  return states[stateOf(Atomics.load(words, slot))]!;
}

function afterSuccess(word: number, limit: number): number {
  const state = stateOf(word);
  if (state === healthy) return word;
  const count = (word & successBit) === 0 ? 1 : (word & 0xff) + 1;
  const next = count >= limit ? healthy : state === unhealthy ? mostlyUnhealthy : state;
  return successBit | count | (next << stateShift);
}

function afterFailure(word: number, kind: FailureKind, limit: number): number {
  const state = stateOf(word);
  if (state === unhealthy) return word;
  const failures = (word & successBit) === 0 ? word & countersMask : 0;
  const shift = shifts[kind];
  const count = ((failures >>> shift) & 0xff) + 1;
  const next = count >= limit ? unhealthy : state === healthy ? mostlyHealthy : state;
  return (failures & ~(0xff << shift)) | (Math.min(count, 0xff) << shift) | (next << stateShift);
}

/** Others may write between reading and writing. */
function update(words: SharedWords, slot: number, next: (word: number) => number): void {
  for (;;) {
    const word = Atomics.load(words, slot);
    const wanted = next(word);
    if (word === wanted) return;
    if (Atomics.compareExchange(words, slot, word, wanted) !== word) continue;
    tellIfTurned(words, word, wanted);
    return;
  }
}

/** `successes` in a row make a target healthy. */
export function recordSuccess(words: SharedWords, slot: number, successes: number): void {
  if (successes === 0) return;
  // The usual case without a closure.
  if (stateOf(Atomics.load(words, slot)) === healthy) return;
  update(words, slot, (word) => afterSuccess(word, successes));
}

/** `limit` failures of one kind, without a success that counts between them, make a target unhealthy. */
export function recordFailure(words: SharedWords, slot: number, kind: FailureKind, limit: number): void {
  if (limit === 0) return;
  update(words, slot, (word) => afterFailure(word, kind, limit));
}

/** By hand: fully so, and nothing counted. */
export function forceHealth(words: SharedWords, slot: number, isNowHealthy: boolean): void {
  const word = (isNowHealthy ? healthy : unhealthy) << stateShift;
  tellIfTurned(words, Atomics.exchange(words, slot, word), word);
}
