// A gateway's Admin API by parameter: an HTTP client bound to that gateway.
import type { HttpClient } from './http.ts';

export interface AdminApi {
  /** Stable name of the gateway for logs, metrics and problems, e.g. its URL. */
  readonly name: string;
  readonly http: HttpClient;
}
