import { createHash } from 'node:crypto';
import { duration, whole } from '../../../cli/units';
import type { AuditReport } from '../result';
import { differenceSection } from './differences';
import { html, Markup } from './markup';
import { pairSection } from './pair';
import { SCRIPT } from './script';
import { STYLE } from './style';
import { totals } from './totals';

/** The browser loads nothing from anywhere, and runs this script only: what gets into the page as a key stays a key. */
const POLICY = [
  "default-src 'none'",
  `style-src ${hash(STYLE)}`,
  `script-src ${hash(SCRIPT)}`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** One page with everything in it, for `--html`. It has as many differences as the report, whose number is bounded. */
export function htmlReport(report: AuditReport): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Markup(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Replication audit of ${report.deployment}, ${report.endedAt}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<main>
<h1>Replication audit of ${report.deployment}</h1>
${verdict(report)}${circumstances(report)}${totals(report.pairs)}${report.pairs.map(pairSection)}${differenceSection(report)}</main>
<script>${new Markup(SCRIPT)}</script>
</body>
</html>
`;
  return page.text;
}

function verdict({ ok, pairs }: AuditReport): Markup {
  const wrong = pairs.reduce((total, pair) => total + pair.wrong, 0);
  const unknown = pairs.reduce((total, { states }) => total + states.unknown.versions, 0);
  const words = [
    ...(wrong > 0 ? [`Wrong: ${whole(wrong)}.`] : ['Nothing is known to be wrong.']),
    ...(unknown > 0 ? [`Could not be found out: ${whole(unknown)}.`] : []),
  ];
  return html`<p class="verdict ${ok ? 'fine' : 'wrong'}">${ok ? 'Nothing is wrong.' : words.join(' ')}</p>
`;
}

function circumstances({ startedAt, endedAt, matchedBy, olderThan, deep, requests }: AuditReport): Markup {
  const lines: readonly (readonly [string, string])[] = [
    ['Started', startedAt],
    ['Ended', `${endedAt}, after ${duration((Date.parse(endedAt) - Date.parse(startedAt)) / 1000)}`],
    ['Matched by', matchedBy === 'version-id' ? 'version id' : 'age, since an emulator gives replicas new version ids'],
    ['May be in flight', `what was written in the last ${duration(olderThan / 1000)}`],
    ['Looked at one by one', deep === null ? 'no versions (--deep does)' : lookedAt(deep)],
    ['Requests', `${whole(requests.list)} to list, ${whole(requests.head + requests.get)} to look at one version`],
  ];
  return html`<dl>
${lines.map(([term, text]) => html`<dt>${term}</dt><dd>${text}</dd>\n`)}</dl>
`;
}

function lookedAt({ versions, unknown, percent }: NonNullable<AuditReport['deep']>): string {
  const failed = unknown === 0 ? '' : `; ${whole(unknown)} more could not be looked at`;
  return `${whole(versions)} versions (--deep ${percent})${failed}`;
}

function hash(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
