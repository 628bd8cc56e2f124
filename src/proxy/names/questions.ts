// Questions to DNS: the same one is put once however many wait for its answer, and only so many are under way at a time.
import type { Dns, DnsAnswer, DnsQuery, RecordType } from '../../ports/dns.ts';

type Listener = (answer: DnsAnswer) => void;

interface Question {
  readonly name: string;
  readonly type: RecordType;
  readonly listeners: Listener[];
  /** null: it waits for its turn. */
  query: DnsQuery | null;
}

/** More would only fill the buffers of a server that is slow. */
const runningMax = 64;

export class Questions {
  readonly #dns: Dns;
  readonly #open = new Map<string, Question>();
  /** Those that somebody's first request may wait for come before those that keep something fresh. */
  readonly #urgent: Question[] = [];
  readonly #calm: Question[] = [];
  #running = 0;

  constructor(dns: Dns) {
    this.#dns = dns;
  }

  ask(name: string, type: RecordType, isUrgent: boolean, done: Listener): void {
    const key = `${type} ${name}`;
    const open = this.#open.get(key);
    if (open !== undefined) {
      open.listeners.push(done);
      return;
    }
    const question: Question = { name, type, listeners: [done], query: null };
    this.#open.set(key, question);
    (isUrgent ? this.#urgent : this.#calm).push(question);
    this.#next();
  }

  #next(): void {
    while (this.#running < runningMax) {
      const question = this.#urgent.shift() ?? this.#calm.shift();
      if (question === undefined) return;
      this.#running++;
      const { name, type, listeners } = question;
      question.query = this.#dns.query(name, type, (answer) => {
        this.#running--;
        this.#open.delete(`${type} ${name}`);
        for (const listener of listeners) listener(answer);
        this.#next();
      });
    }
  }

  /** Nobody hears of anything any more. */
  stop(): void {
    for (const { query } of this.#open.values()) query?.cancel();
    this.#open.clear();
    this.#urgent.length = 0;
    this.#calm.length = 0;
    this.#running = runningMax;
  }
}
