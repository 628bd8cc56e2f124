// How plugins refuse a request: Kong's error body with the message and the request id.
import type { AccessContext } from '../exchange/context.ts';

export function refuse(
  context: AccessContext,
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  context.exit({ status, body: { message, request_id: context.request.requestId }, headers });
}
