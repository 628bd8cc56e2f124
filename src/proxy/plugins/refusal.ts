// How plugins refuse a request: Kong's error body, in the type that the client prefers, with the request id.
import type { AccessContext } from '../exchange/context.ts';
import { errorPage, grpcStatus } from '../exchange/error-page.ts';

export function refuse(
  context: AccessContext,
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  const { request, errorPages } = context;
  const type = request.header('content-type');
  const page = errorPage(message, request.requestId, request.header('accept'), type, false, errorPages);
  const grpc: Record<string, string> =
    page.contentType === 'application/grpc'
      ? { 'grpc-status': String(grpcStatus(status)), 'grpc-message': message }
      : {};
  context.exit({
    status,
    body: page.body,
    headers: { 'Content-Type': page.contentType, ...grpc, ...headers },
  });
}
