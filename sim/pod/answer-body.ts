// Bodies of a pod's own answers, and how large they are.
import type { PodAnswer } from './connection.ts';

/** A request with it asks for an answer that is larger by so many bytes. */
export const answerBytesHeader = 'x-answer-bytes';
const answerBytesMax = 16 * 1_048_576;

export function paddingOf(wanted: string | undefined): string {
  if (wanted === undefined || !/^\d{1,8}$/.test(wanted)) return '';
  return '.'.repeat(Math.min(Number(wanted), answerBytesMax));
}

export function json(status: number, value: Readonly<Record<string, unknown>>): PodAnswer {
  return { status, body: Buffer.from(`${JSON.stringify(value)}\n`), contentType: 'application/json' };
}
