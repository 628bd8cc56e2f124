// Regular expressions in the dialect of Kong's router (Rust's regex crate), run in linear time whatever the client sends.
import { RE2JS } from 're2js';

const patternLengthMax = 8_192;

/** Rust's regex takes `(?<name>` and `(?P<name>`; so does re2js. Look-around and back-references exist in neither. */
export function compileRegex(pattern: string): RE2JS {
  return RE2JS.compile(pattern);
}

/** null, or why the pattern cannot be used. */
export function checkRegex(pattern: string): string | null {
  if (pattern.length > patternLengthMax) return `longer than ${patternLengthMax} characters`;
  try {
    compileRegex(pattern);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
