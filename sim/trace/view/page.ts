// A trace as one page without a server: the headline, the lanes over time, the plan, and the story as a list to search in.
import type { Trace } from '../format.ts';
import { colours, drawChart } from './chart.ts';
import { escapeHtml } from './html.ts';
import { headline, planLines, storyRows } from './text.ts';

const style = `body{font:14px system-ui,sans-serif;margin:20px;color:#222}pre,table,svg text{font:12px ui-monospace,monospace}
h1{font-size:18px;color:#c0392b}svg .tick{fill:#777}.wide{overflow-x:auto;border:1px solid #ddd}td{padding:1px 10px 1px 0;white-space:pre}
i{display:inline-block;width:10px;height:10px;margin:0 4px 0 12px}tr.off{display:none}`;

const script = `const box=document.querySelector('input');box.oninput=()=>{for(const row of document.querySelectorAll('tr'))
row.className=row.textContent.includes(box.value)?'':'off'};`;

export function toPage(trace: Trace): string {
  const [title, ...details] = headline(trace);
  const legend = Object.entries(colours).map(
    ([kind, colour]) => `<i style="background:${colour}"></i>${kind}`,
  );
  const rows = storyRows(trace, false).map(
    ({ at, lane, text }) =>
      `<tr><td>${(at / 1_000_000).toFixed(6)}</td><td>${escapeHtml(lane)}</td><td>${escapeHtml(text)}</td></tr>`,
  );
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>${escapeHtml(title!)}</title><style>${style}</style>
<h1>${escapeHtml(title!)}</h1><pre>${escapeHtml(details.join('\n'))}</pre>
<p>${legend.join('')}<i style="background:#c0392b;opacity:.25"></i>a fault lasts; a red line is the violation</p>
<div class="wide">${drawChart(trace)}</div>
<h2>Plan</h2><pre>${escapeHtml(planLines(trace).join('\n'))}</pre>
<h2>Story</h2><p><input placeholder="only rows with this text" size="40"></p><table>${rows.join('\n')}</table>
<script>${script}</script></html>
`;
}
