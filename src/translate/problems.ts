// Every sentence about a user's mistake: which object, which field, what is wrong, what to do.
export * from './problems/annotations.ts';
export * from './problems/balancing.ts';
export * from './problems/consumers.ts';
export * from './problems/groups.ts';
export * from './problems/plugins.ts';
export * from './problems/routing.ts';
export * from './problems/tls.ts';
