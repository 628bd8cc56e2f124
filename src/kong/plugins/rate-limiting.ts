// Settings of the rate-limiting plugin (Kong 3.9). Counters are local to one proxy; Redis is refused, not ignored.
import type { FieldSchema, Filled, PluginSchema, Report } from '../schema/field.ts';
import * as messages from '../schema/messages.ts';
import { checkHeaderName, checkHost, checkPath, checkServerName } from '../schema/text.ts';
import { httpProtocols } from './protocols.ts';

const periods = ['second', 'minute', 'hour', 'day', 'month', 'year'] as const;

function limit(period: string): FieldSchema {
  return { type: 'number', greaterThan: 0, docs: `Requests allowed per ${period}.` };
}

const redisFields: Readonly<Record<string, FieldSchema>> = {
  host: { type: 'string', check: checkHost, docs: 'Redis host.' },
  port: { type: 'integer', between: [0, 65_535], default: 6379, docs: 'Redis port.' },
  timeout: { type: 'integer', between: [0, 2_147_483_646], default: 2000, docs: 'Milliseconds.' },
  username: { type: 'string', referenceable: true, docs: 'Redis user.' },
  password: { type: 'string', referenceable: true, lengthMin: 0, docs: 'Redis password.' },
  database: { type: 'integer', default: 0, docs: 'Redis database.' },
  ssl: { type: 'boolean', default: false, docs: 'TLS towards Redis.' },
  ssl_verify: { type: 'boolean', default: false, docs: "Verifies Redis' certificate." },
  server_name: { type: 'string', check: checkServerName, docs: 'SNI towards Redis.' },
};

/** redis_host and friends are what older settings call redis.host. */
function expandRedis(raw: Filled): Filled {
  const old = Object.keys(redisFields).filter((name) => Object.hasOwn(raw, `redis_${name}`));
  if (old.length === 0) return raw;
  const rest: Record<string, unknown> = { ...raw };
  const given = raw['redis'];
  const isObject = typeof given === 'object' && given !== null && !Array.isArray(given);
  const redis: Record<string, unknown> = isObject ? { ...given } : {};
  for (const name of old) {
    if (redis[name] === undefined || redis[name] === null) redis[name] = raw[`redis_${name}`];
    delete rest[`redis_${name}`];
  }
  rest['redis'] = redis;
  return rest;
}

/** Said of the settings as a whole, once each of them is right. */
function checkWhole(value: Filled, report: Report): void {
  for (let i = 0; i < periods.length; i++) {
    const lower = value[periods[i]!];
    if (typeof lower !== 'number') continue;
    for (let j = i + 1; j < periods.length; j++) {
      const upper = value[periods[j]!];
      if (typeof upper === 'number' && upper < lower) {
        const [upperText, lowerText] = [upper.toFixed(1), lower.toFixed(1)];
        report(
          [],
          `The limit for ${periods[j]}(${upperText}) cannot be lower than the limit for ${periods[i]}(${lowerText})`,
        );
        return;
      }
    }
  }
  if (value['policy'] !== 'redis' && value['sync_rate'] !== -1)
    report([], 'sync_rate can only be used with the redis policy');
}

export const rateLimiting: PluginSchema = {
  name: 'rate-limiting',
  allowsConsumer: true,
  protocols: httpProtocols,
  fields: {
    second: limit('second'),
    minute: limit('minute'),
    hour: limit('hour'),
    day: limit('day'),
    month: limit('month'),
    year: limit('year'),
    limit_by: {
      type: 'string',
      default: 'consumer',
      oneOf: ['consumer', 'credential', 'ip', 'service', 'header', 'path'],
      docs: 'What is counted separately; falls back to the client address where it is unknown.',
    },
    header_name: {
      type: 'string',
      check: checkHeaderName,
      docs: 'Header to count by when limit_by is header.',
    },
    path: { type: 'string', check: checkPath, docs: 'Path to count when limit_by is path.' },
    policy: {
      type: 'string',
      default: 'local',
      oneOf: ['local', 'redis'],
      docs: 'Where counters live: local is the only one supported.',
    },
    fault_tolerant: {
      type: 'boolean',
      default: true,
      required: true,
      docs: 'Lets requests pass when counters cannot be read.',
    },
    redis: { type: 'record', fields: redisFields, docs: 'Accepted for compatibility; not used.' },
    hide_client_headers: {
      type: 'boolean',
      default: false,
      required: true,
      docs: 'Leaves out the RateLimit headers of responses.',
    },
    // Kong takes any number. One below 200 is no final answer, and the client would wait for another.
    error_code: {
      type: 'number',
      greaterThan: 0,
      check: (status) =>
        Number.isInteger(status) && status >= 200 && status <= 599 ? null : messages.between(200, 599),
      default: 429,
      docs: 'Status of a refused request, 200 to 599.',
    },
    error_message: {
      type: 'string',
      default: 'API rate limit exceeded',
      docs: 'Message of a refused request.',
    },
    sync_rate: { type: 'number', default: -1, required: true, docs: 'Accepted for compatibility; not used.' },
  },
  expand: expandRedis,
  crossCheck(value, report, isRight) {
    if (periods.every((period) => value[period] === null))
      report(['@entity'], messages.atLeastOneOf(periods.map((period) => `config.${period}`)));
    if (Object.keys(value).every(isRight)) checkWhole(value, report);
    if (value['policy'] === 'redis')
      report(['policy'], messages.notSupported("policy 'redis'", "use policy 'local'"));
    for (const [by, field] of [
      ['header', 'header_name'],
      ['path', 'path'],
    ] as const) {
      if (value['limit_by'] !== by || (value[field] !== null && isRight(field))) continue;
      if (value[field] === null) report([field], messages.required());
      report(['@entity'], messages.failedConditional('config.limit_by'));
    }
  },
};
