// The commands of a page: the lines of its `sh` blocks, with the exit code that a comment beside one names.
import { readdirSync, readFileSync } from 'node:fs';

export interface ToldCommand {
  readonly command: string;
  readonly code: number;
}

export const root = new URL('../../../', import.meta.url).pathname;

/** A line that ends in a backslash goes on; '# exit 3' anywhere in a comment is its exit code, else it is 0. */
export function commandsOf(text: string): readonly ToldCommand[] {
  return [...text.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block]) =>
    block!
      .replaceAll(/\\\n\s*/g, '')
      .trim()
      .split('\n')
      .filter((line) => !line.startsWith('#'))
      .map((line) => {
        const [command, comment = ''] = line.split(/\s+#\s+/);
        return { command: command!.trim(), code: Number(/\bexit (\d+)/.exec(comment)?.[1] ?? 0) };
      }),
  );
}

/** 'README.md', 'docs/scenarios.md': every page with such a block. */
export function pagesWithCommands(): ReadonlyMap<string, readonly ToldCommand[]> {
  const names = readdirSync(`${root}docs`).filter((name) => name.endsWith('.md'));
  const pages = ['README.md', ...names.map((name) => `docs/${name}`)].map(
    (page) => [page, commandsOf(readFileSync(`${root}${page}`, 'utf8'))] as const,
  );
  return new Map(pages.filter(([, commands]) => commands.length > 0));
}
