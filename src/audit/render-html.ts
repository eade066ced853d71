import type { ChainedEntry, Trail } from './chain.ts';
import type { SagaState } from './compute-state-at.ts';

/** A page to read and print. It stands alone: no scripts, nothing loaded. */
export function renderHtml({ head, entries }: Trail, state: SagaState): string {
  const facts: [string, string | undefined][] = [
    ['Instance', head.instanceId],
    ['Saga', head.saga],
    ['Created', head.createdAt],
    [`State at ${state.at}`, state.phase],
    ['Entries', String(head.count)],
    ['Hash of the head', head.hash],
    ['Signed with key', head.signature?.keyId],
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Audit trail of ${escapeHtml(head.instanceId)}</title>
<style>${style}</style>
</head>
<body>
<h1>Audit trail of ${escapeHtml(head.saga)}</h1>
<dl>${facts.map(renderFact).join('')}</dl>
<table>
<thead><tr><th>#</th><th>Time</th><th>What</th><th>Who</th><th>In, out (SHA-256)</th><th>Hash</th></tr></thead>
<tbody>
${entries.map(renderRow).join('\n')}
</tbody>
</table>
</body>
</html>
`;
}

const renderFact = ([name, value]: [string, string | undefined]): string =>
  value === undefined ? '' : `<dt>${name}</dt><dd>${escapeHtml(value)}</dd>`;

function renderRow(entry: ChainedEntry): string {
  const { sequence, time, kind, summary, actor, inputSha256, outputSha256, hash, data } = entry;
  const carried = data === undefined ? '' : `<pre>${escapeHtml(JSON.stringify(data, null, 1))}</pre>`;
  const digests = [inputSha256, outputSha256].map((digest) => `<code>${digest?.slice(0, 16) ?? '–'}</code>`).join(' ');
  return `<tr class="${kind}"><td>${sequence}</td><td><time>${time}</time></td><td>${escapeHtml(summary)}${carried}</td><td>${escapeHtml(actor ?? '')}</td><td>${digests}</td><td><code>${hash.slice(0, 16)}</code></td></tr>`;
}

const style = `
body { font: 14px/1.4 system-ui, sans-serif; margin: 2rem; color: #1a1a1a; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.2rem 1rem; }
dt { color: #666; } dd { margin: 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 0.3rem 0.6rem 0.3rem 0; border-bottom: 1px solid #ddd; }
td { overflow-wrap: anywhere; } time { white-space: nowrap; }
code, pre { font-size: 11px; } pre { white-space: pre-wrap; margin: 0.2rem 0 0; color: #555; }
.gate-failed, .terminated { background: #fdecea; } .undo { background: #fff6e0; } .review-decided, .rewound { background: #eaf4fd; }
@media print { body { margin: 0; font-size: 10px; } thead { display: table-header-group; } tr { break-inside: avoid; } }
`;

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (char) => escapes[char] ?? char);
