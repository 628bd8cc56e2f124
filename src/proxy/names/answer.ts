// What a name stands for at the moment, as the main thread tells it to the workers.
import type { RecordType } from '../../ports/dns.ts';

export interface NamedAddress {
  readonly host: string;
  /** 0: that of whoever asked. */
  readonly port: number;
  /** 0: that of whoever asked. */
  readonly weight: number;
  /** The name in the SRV record that led here; '' = there was none. */
  readonly serviceName: string;
}

export interface NameAnswer {
  /** 'waiting': nobody has answered yet. 'absent': no such name, or nothing that is asked for. 'failed': nobody could tell. */
  readonly state: 'waiting' | 'known' | 'absent' | 'failed';
  /** null: there are no addresses. */
  readonly type: RecordType | null;
  /** In an order that every gateway agrees on; more than none only when known. */
  readonly addresses: readonly NamedAddress[];
}

export const waitingAnswer: NameAnswer = { state: 'waiting', type: null, addresses: [] };
export const absentAnswer: NameAnswer = { state: 'absent', type: null, addresses: [] };
export const failedAnswer: NameAnswer = { state: 'failed', type: null, addresses: [] };

/** Of one name; null: nobody asks for it any more. */
export type NameChange = readonly [name: string, answer: NameAnswer | null];

export function isSameAnswer(a: NameAnswer, b: NameAnswer): boolean {
  if (a === b) return true;
  if (a.state !== b.state || a.type !== b.type || a.addresses.length !== b.addresses.length) return false;
  return a.addresses.every((one, i) => {
    const other = b.addresses[i]!;
    return (
      one.host === other.host &&
      one.port === other.port &&
      one.weight === other.weight &&
      one.serviceName === other.serviceName
    );
  });
}
