// Few gateways ever read YAML (a file at the start, a POST in YAML), and its parser takes 3 MB: it is loaded with the first text.
import { createRequire } from 'node:module';
import type { parseYaml } from '../base/yaml.ts';

type Parse = typeof parseYaml;

const load = createRequire(import.meta.url);
/** Sources in a clone, compiled files in a package. */
const file = import.meta.url.endsWith('.ts') ? '../base/yaml.ts' : '../base/yaml.js';

export const parseYamlOnDemand: Parse = (text, limits) =>
  (load(file) as { readonly parseYaml: Parse }).parseYaml(text, limits);
