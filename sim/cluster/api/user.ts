// Who asks: the only user of this cluster, or whom they say they are instead. Both may do everything.

export interface User {
  readonly username: string;
  readonly groups: readonly string[];
}

const clusterUser: User = { username: 'tidegate', groups: ['system:masters', 'system:authenticated'] };
const nameCharsMax = 256;

export function userOf(headers: Readonly<Record<string, string>>): User {
  const username = headers['impersonate-user'];
  if (username === undefined) return clusterUser;
  const groups = (headers['impersonate-group'] ?? '').split(',').map((group) => group.trim());
  return {
    username: username.slice(0, nameCharsMax),
    groups: [...groups.filter((group) => group !== ''), 'system:authenticated'],
  };
}
