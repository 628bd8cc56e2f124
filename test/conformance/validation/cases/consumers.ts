// Wrong consumers and credentials.
import type { Wrong } from './wrong.ts';

const consumer = (wrong: Readonly<Record<string, unknown>>) => ({ username: 'c', ...wrong });
const nameless = "@entity: at least one of these fields must be non-empty: 'custom_id', 'username'";

export const wrongConsumers: readonly Wrong[] = [
  [{}, nameless],
  [{ tags: ['a'] }, nameless],
  [{ username: null, custom_id: null }, nameless],
  [{ username: '', custom_id: 'x' }, 'username: length must be at least 1'],
  [{ username: '' }, nameless, 'username: length must be at least 1'],
  [{ username: 7 }, 'username: expected a string'],
  [consumer({ custom_id: '' }), 'custom_id: length must be at least 1'],
  [consumer({ custom_id: true }), 'custom_id: expected a string'],
  [consumer({ id: 'c' }), 'id: expected a valid UUID'],
  [consumer({ tags: 'x' }), 'tags: expected a set'],
  [consumer({ name: 'x' }), 'name: unknown field'],
  [consumer({ groups: ['x'] }), 'groups: unknown field'],
];

const key = (wrong: Readonly<Record<string, unknown>>) => ({ consumer: 'owner', key: 'k', ...wrong });

export const wrongKeys: readonly Wrong[] = [
  [key({ key: '' }), 'key: length must be at least 1'],
  [key({ key: 7 }), 'key: expected a string'],
  [{ key: 'k' }, 'consumer: required field missing'],
  [key({ id: 'x' }), 'id: expected a valid UUID'],
  [key({ tags: [7] }), 'tags.1: expected a string'],
  [key({ username: 'x' }), 'username: unknown field'],
];

const basic = (wrong: Readonly<Record<string, unknown>>) => ({
  consumer: 'owner',
  username: 'u',
  password: 'p',
  ...wrong,
});

export const wrongPasswords: readonly Wrong[] = [
  [{ consumer: 'owner', password: 'p' }, 'username: required field missing'],
  [{ consumer: 'owner', username: 'u' }, 'password: required field missing'],
  [basic({ username: '' }), 'username: length must be at least 1'],
  [basic({ username: 7 }), 'username: expected a string'],
  [basic({ password: '' }), 'password: length must be at least 1'],
  [basic({ password: 7 }), 'password: expected a string'],
  [basic({ extra_field: 'NO!' }), 'extra_field: unknown field'],
  [{ consumer: 'owner' }, 'password: required field missing', 'username: required field missing'],
];

export const wrongGroups: readonly Wrong[] = [
  [{ consumer: 'owner' }, 'group: required field missing'],
  [{ consumer: 'owner', group: '' }, 'group: length must be at least 1'],
  [{ consumer: 'owner', group: 7 }, 'group: expected a string'],
  [{ group: 'g' }, 'consumer: required field missing'],
  [{ consumer: 'owner', group: 'g', groups: [] }, 'groups: unknown field'],
  [{ consumer: 'owner', group: 'g', tags: {}, id: 'x' }, 'id: expected a valid UUID'],
];
