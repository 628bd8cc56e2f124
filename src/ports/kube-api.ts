// The Kubernetes API by parameter: an HTTP client whose credentials and base URL are already settled.
import type { HttpClient } from './http.ts';

export type KubeApi = HttpClient;
