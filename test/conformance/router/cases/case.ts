// What a case of the router's own table is: routes, and for each request who gets it.
import type { RouterFlavor } from '../../../../src/kong/router-flavor.ts';

export interface Expected {
  /** null: nobody. */
  readonly route: string | null;
  readonly upstreamPath?: string;
  readonly upstreamHost?: string;
  readonly captures?: Readonly<Record<string, string>> | null;
}

export interface Ask {
  /** 'GET http://shop.example/cart', then one 'Name: value' a line; 'sni: x' and 'client: x' are about the connection. */
  readonly request: string;
  readonly expected: Expected;
}

export interface RouterCase {
  readonly title: string;
  readonly flavors: readonly RouterFlavor[];
  /** As in a declarative file, without ids: those are made of the names. */
  readonly routes: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly service: Readonly<Record<string, unknown>>;
  readonly asks: readonly Ask[];
}

export const everyFlavor: readonly RouterFlavor[] = ['traditional_compatible', 'expressions', 'traditional'];
export const rankedFlavors: readonly RouterFlavor[] = ['traditional_compatible', 'expressions'];
export const expressionsOnly: readonly RouterFlavor[] = ['expressions'];
export const traditionalOnly: readonly RouterFlavor[] = ['traditional'];
export const compatibleOnly: readonly RouterFlavor[] = ['traditional_compatible'];

type Routes = RouterCase['routes'];
/** The route's name, null, or more of it. */
type Wanted = string | null | Expected;

export function routerCase(
  title: string,
  flavors: readonly RouterFlavor[],
  routes: Routes,
  asks: Readonly<Record<string, Wanted>>,
  service: Readonly<Record<string, unknown>> = { url: 'http://backend.internal' },
): RouterCase {
  return {
    title,
    flavors,
    routes,
    service,
    asks: Object.entries(asks).map(([request, wanted]) => ({
      request,
      expected: wanted === null || typeof wanted === 'string' ? { route: wanted } : wanted,
    })),
  };
}
