// Prometheus' text format: families, samples, labels.

export type Labels = Readonly<Record<string, string>>;

export class MetricsText {
  #text = '';

  family(name: string, type: 'counter' | 'gauge' | 'histogram', help: string): this {
    this.#text += `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
    return this;
  }

  sample(name: string, value: number, labels: Labels = {}): this {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
    this.#text += `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}\n`;
    return this;
  }

  get length(): number {
    return this.#text.length;
  }

  /** What has been written since the last time. */
  take(): string {
    const text = this.#text;
    this.#text = '';
    return text;
  }
}

function escapeLabel(text: string): string {
  return text.replace(/[\\"\n]/g, (character) => (character === '\n' ? '\\n' : `\\${character}`));
}
