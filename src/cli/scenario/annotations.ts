// Annotations that GitHub shows beside the lines of a file, where the job runs there.

export interface AnnotationPlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly title: string;
}

const escapeData = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const escapeProperty = (text: string): string =>
  escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

export function formatAnnotation(
  level: 'error' | 'warning',
  { file, line, column, title }: AnnotationPlace,
  message: string,
): string {
  const place = `file=${escapeProperty(file)},line=${line},col=${column},title=${escapeProperty(title)}`;
  return `::${level} ${place}::${escapeData(message)}\n`;
}

/** Nothing outside of GitHub Actions. */
export function annotate(level: 'error' | 'warning', place: AnnotationPlace, message: string): void {
  if (process.env['GITHUB_ACTIONS'] === 'true') process.stderr.write(formatAnnotation(level, place, message));
}
