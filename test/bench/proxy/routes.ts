// What every contender serves: 10 hosts with 10 path prefixes each to one backend, and WebSockets to another.

export const hosts: readonly string[] = Array.from({ length: 10 }, (_, host) => `h${host}.example.com`);
export const prefixes: readonly string[] = Array.from({ length: 10 }, (_, prefix) => `/p${prefix}`);
export const socketPrefix = '/ws';
/** The host of every request of the benches. */
export const askedHost = hosts[4]!;
/** Server names with a certificate of their own each: the kind of its key. */
export const ecdsaName = 'localhost';
export const rsaName = 'rsa.example.com';

export interface Backends {
  readonly httpPort: number;
  readonly echoPort: number;
}

export interface Ports {
  readonly http: number;
  readonly https: number;
}
