// Few gateways ever read YAML (a file at the start, a POST in YAML), and its parser takes 3 MB: it is loaded with the first text.
import { createRequire } from 'node:module';
import type { parseYaml } from '../base/yaml.ts';
import type { placesIn } from '../base/yaml-place.ts';

const load = createRequire(import.meta.url);
/** Sources in a clone, compiled files in a package. */
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

export const parseYamlOnDemand: typeof parseYaml = (text, limits) =>
  (load(`../base/yaml.${extension}`) as { readonly parseYaml: typeof parseYaml }).parseYaml(text, limits);

export const placesOnDemand: typeof placesIn = (text) =>
  (load(`../base/yaml-place.${extension}`) as { readonly placesIn: typeof placesIn }).placesIn(text);
