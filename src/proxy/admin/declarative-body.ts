// What `POST /config` may carry: an object, or a text of JSON or YAML in a `config` field or as the whole body.
import { createHash } from 'node:crypto';
import { fail, ok, type Result } from '../../base/result.ts';

export interface DeclarativeBody {
  readonly document: unknown;
  /** MD5 of the text that holds it, for check_hash. */
  readonly textHash: string;
}

export interface BodyRefusal {
  readonly status: 400 | 415;
  readonly message: string;
  /** True: the text is there but cannot be parsed. */
  readonly isParseError: boolean;
}

export type ParseYaml = (text: string) => Result<unknown>;

const missing: BodyRefusal = {
  status: 400,
  message: 'expected a declarative configuration',
  isParseError: false,
};

function parseError(reason: string): BodyRefusal {
  return {
    status: 400,
    message: `failed parsing declarative configuration: ${reason}`,
    isParseError: true,
  };
}

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

function fromText(text: string, parseYaml: ParseYaml): Result<DeclarativeBody, BodyRefusal> {
  if (text.trim() === '') return fail(missing);
  const textHash = md5(text);
  try {
    return ok({ document: JSON.parse(text), textHash });
  } catch {
    // Not JSON, so it must be YAML.
    const parsed = parseYaml(text);
    return parsed.ok ? ok({ document: parsed.value, textHash }) : fail(parseError(parsed.error));
  }
}

function fromJson(body: string, parseYaml: ParseYaml): Result<DeclarativeBody, BodyRefusal> {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return fail({ status: 400, message: 'Cannot parse JSON body', isParseError: false });
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return fail(missing);
  const record = value as Record<string, unknown>;
  if (typeof record['config'] === 'string') return fromText(record['config'], parseYaml);
  // Kong hashes what it has made of such a body, in an order that changes, so that its hash never fits.
  if (!Object.hasOwn(record, '_format_version')) return fail(missing);
  return ok({ document: value, textHash: md5(body) });
}

/** The field `config` of a multipart form, or null. */
function multipartField(body: Buffer, contentType: string): string | null {
  const boundary = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  if (boundary === null) return null;
  const whole = body.toString('latin1');
  for (const part of whole.split(`--${boundary[1] ?? boundary[2]}`)) {
    const headEnd = part.indexOf('\r\n\r\n');
    if (
      headEnd < 0 ||
      !/content-disposition:[^\r\n]*\bname="?config"?(?=[;\s]|$)/i.test(part.slice(0, headEnd))
    )
      continue;
    return Buffer.from(part.slice(headEnd + 4).replace(/\r\n$/, ''), 'latin1').toString('utf8');
  }
  return null;
}

export function readDeclarativeBody(
  body: Buffer | null,
  contentType: string,
  parseYaml: ParseYaml,
): Result<DeclarativeBody, BodyRefusal> {
  if (body === null || body.length === 0) return fail(missing);
  const type = contentType.split(';', 1)[0]!.trim().toLowerCase();
  switch (type) {
    case 'application/json':
      return fromJson(body.toString('utf8'), parseYaml);
    case 'application/yaml':
    case 'application/x-yaml':
    case 'text/yaml':
      return fromText(body.toString('utf8'), parseYaml);
    case 'application/x-www-form-urlencoded': {
      const config = new URLSearchParams(body.toString('utf8')).get('config');
      return config === null ? fail(missing) : fromText(config, parseYaml);
    }
    case 'multipart/form-data': {
      const config = multipartField(body, contentType);
      return config === null ? fail(missing) : fromText(config, parseYaml);
    }
    default:
      return fail({
        status: 415,
        message: `content type '${type}' is not supported: use application/json or application/yaml`,
        isParseError: false,
      });
  }
}
