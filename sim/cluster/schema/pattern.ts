// Regular expressions out of users' objects: compiled by the engine that runs in linear time, each once for all clusters.
import { RE2JS } from 're2js';

/** What a pattern compiles to, or why it does not. */
const compiled: Map<string, RE2JS | string> = new Map();
const compiledMax = 10_000;

export function compilePattern(pattern: string): RE2JS | string {
  let made = compiled.get(pattern);
  if (made === undefined) {
    try {
      made = RE2JS.compile(pattern);
    } catch (error) {
      made = (error as Error).message;
    }
    if (compiled.size >= compiledMax) compiled.clear();
    compiled.set(pattern, made);
  }
  return made;
}
