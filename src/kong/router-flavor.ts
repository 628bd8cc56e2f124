// Kong's three ways to read routes (its setting `router_flavor`).

/**
 * traditional_compatible: hosts, paths and the other attributes, ranked by a priority word. expressions: the same, and routes
 * with an `expression` of their own before them. traditional: the attributes as Kong ranked them before its version 3.
 */
export const routerFlavors = ['traditional_compatible', 'expressions', 'traditional'] as const;

export type RouterFlavor = (typeof routerFlavors)[number];

export const routerFlavorDefault: RouterFlavor = 'traditional_compatible';

export function isRouterFlavor(text: string): text is RouterFlavor {
  return (routerFlavors as readonly string[]).includes(text);
}
