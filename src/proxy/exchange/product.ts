// How the gateway names itself on the wire. Clients of Kong look at these words, so they are Kong's.

export const productToken = 'kong/3.9.1';
/** One pseudonym in Via, both ways. */
export const viaEntry = `1.1 ${productToken}`;
