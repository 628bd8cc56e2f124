// Results as one page for people: a row for each scenario, below that what is known of each failure. Nothing is loaded from
// elsewhere and nothing runs in it; it says what the terminal says, and no more.
import type { BackendName } from '../../../scenarios/runner/backend.ts';
import type { Comparison } from '../../../scenarios/runner/compare.ts';
import type { ScenarioResult } from '../../../scenarios/runner/report.ts';
import { escaped } from './escape.ts';
import type { ScenarioFailure } from './failures.ts';
import { formatComparison, formatSums, rowOf, sumsOf } from './lines.ts';

export interface HtmlOutcome {
  readonly backend: BackendName;
  readonly results: readonly ScenarioResult[];
  readonly failures: readonly ScenarioFailure[];
  readonly wallMs: number;
}

const style = `body{font:14px system-ui,sans-serif;margin:24px;color:#222}h1{font-size:20px}h2{font-size:17px;margin-top:28px}
table{border-collapse:collapse}th,td{text-align:left;vertical-align:top;padding:3px 14px 3px 0;border-bottom:1px solid #e4e4e4}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}pre,code{font:12px ui-monospace,monospace;white-space:pre-wrap}
.why{color:#777;font-size:12px}b.ok{color:#1e7a3c}b.violated{color:#c0392b}b.inconclusive,b.unsupported{color:#9a6700}
article{border-left:3px solid #c0392b;padding-left:14px;margin:18px 0}dt{float:left;width:5em;color:#777}dd{margin-left:5em}`;

const columns = [
  'verdict',
  'scenario',
  'runs',
  'properties',
  'requests',
  'p50',
  'p99',
  'changes',
  'faults',
] as const;
const cell = (text: string, isNumber: boolean, tag = 'td'): string =>
  `<${tag}${isNumber ? ' class="n"' : ''}>${text}</${tag}>`;

function row(result: ScenarioResult): string {
  const { verdict, name, file } = result;
  const { runs, properties, requests, p50, p99, changes, faults, remarks } = rowOf(result);
  const told = remarks.map((remark) => `<div class="why">${escaped(remark)}</div>`).join('');
  const judged = [...new Set(result.runs.flatMap((run) => run.judged))].toSorted().join(' ');
  const figures = [
    cell(runs, true),
    cell(`<span title="${escaped(judged)}">${properties}</span>`, true),
    ...[requests, p50, p99, changes, faults].map((text) => cell(text, true)),
  ];
  return `<tr>${cell(`<b class="${verdict}">${verdict}</b>`, false)}${cell(
    `${escaped(name)}<div class="why">${escaped(file)}</div>${told}`,
    false,
  )}${figures.join('')}</tr>`;
}

function article(failure: ScenarioFailure): string {
  const { name, label, handle, seed, property, propertyName, message, story, cause, shrunk } = failure;
  const facts: readonly (readonly [string, string])[] = [
    ['cause', cause],
    ['shrunk', shrunk],
    ['rerun', failure.rerun],
    ['replay', failure.replay],
    ['view', failure.view],
  ];
  const known = facts.filter(([, text]) => text !== '');
  const doubt =
    failure.confirmed === false ? '<p>NOT CONFIRMED: the same plan did not become the same run.</p>' : '';
  return `<article><h3>${escaped([name, label].filter((part) => part !== '').join(' '))} <code>${escaped(handle)}</code> seed ${seed}</h3>
<p>${escaped(property)} ${escaped(propertyName)}</p><pre>${escaped(message)}</pre>
<pre>${escaped(story.join('\n'))}</pre>${doubt}
<dl>${known.map(([term, text]) => `<dt>${term}</dt><dd><code>${escaped(text)}</code></dd>`).join('\n')}</dl></article>`;
}

function section({ backend, results, failures, wallMs }: HtmlOutcome): string {
  const head = columns.map((text, index) => cell(text, index > 1, 'th')).join('');
  return `<h2>on ${backend}</h2><p>${escaped(formatSums(sumsOf(results), wallMs / 1000, backend))}</p>
<table><thead><tr>${head}</tr></thead><tbody>
${results.map(row).join('\n')}
</tbody></table>
${failures.length === 0 ? '' : `<h2>failures on ${backend}</h2>\n${failures.map(article).join('\n')}\n`}`;
}

/** `version`: of Tidegate. */
export function toHtml(
  outcomes: readonly HtmlOutcome[],
  comparisons: readonly Comparison[],
  version: string,
): string {
  const compared = comparisons.map((one) => `<pre>${escaped(formatComparison(one))}</pre>`).join('\n');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Tidegate scenarios</title><style>${style}</style></head><body>
<h1>Tidegate scenarios</h1><p>tidegate ${escaped(version)}</p>
${outcomes.map(section).join('\n')}${compared === '' ? '' : `<h2>compared</h2>\n${compared}\n`}</body></html>
`;
}
