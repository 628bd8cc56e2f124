// References to secrets that are kept elsewhere, `{vault://env/my-secret}`: what they look like, and what they name.

export interface VaultReference {
  /** A kind of vault (`env`), or the prefix of a Vault entity. */
  readonly vault: string;
  /** Which secret. */
  readonly resource: string;
  /** A field of a secret that is a JSON object; null: the secret is the value. */
  readonly key: string | null;
  /** What the reference says itself of the vault's settings. */
  readonly settings: ReadonlyMap<string, string>;
  /** null: the current one. */
  readonly version: number | null;
}

/** As Kong tells it, by both ends alone. */
export function isReference(text: unknown): text is string {
  return typeof text === 'string' && text.startsWith('{vault://') && text.endsWith('}');
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** null: it cannot be read. `{vault://VAULT/RESOURCE[/KEY][?SETTING=VALUE][#VERSION]}` */
export function parseReference(text: string): VaultReference | null {
  if (!isReference(text)) return null;
  const parts = /^([^/?#]+)\/([^?#]+)(?:\?([^#]*))?(?:#(.*))?$/.exec(text.slice('{vault://'.length, -1));
  if (parts === null) return null;
  const [, vault = '', path = '', query = '', version] = parts;
  if (version !== undefined && !/^\d{1,9}$/.test(version)) return null;
  const slash = path.lastIndexOf('/');
  const resource = decoded(slash < 0 ? path : path.slice(0, slash));
  const key = slash < 0 || slash === path.length - 1 ? null : decoded(path.slice(slash + 1));
  if (resource === null || resource === '' || key === '') return null;
  return {
    vault,
    resource,
    key,
    settings: new Map(new URLSearchParams(query)),
    version: version === undefined ? null : Number(version),
  };
}
