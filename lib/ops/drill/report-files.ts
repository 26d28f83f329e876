import { accessSync, constants, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type FileWords, replaceFile, unwritable } from '../../cli/files';
import { bytes, whole } from '../../cli/units';
import { quoted, toJson, visible, visibleIn } from '../../errors/visible';
import { datesOf } from '../copy/markers';
import type { Amount } from '../copy/model';
import { type DrilledObject, ENDS, MEANING } from './drill-pair';
import { recoveryPointText, recoveryTimeText, took, unrestorableRows, verdict } from './format';
import type { DrillReport } from './report';

const WORDS: FileWords = { code: 'NoReport', hint: 'name another folder with --report' };

/**
 * Makes the folder of reports. Whether it takes files shows before anything is restored.
 *
 * @throws UsageError when it does not
 */
export function openFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw unwritable(folder, error, WORDS);
  }
}

/**
 * Writes the report of one pair, twice.
 *
 * @returns both files
 * @throws UsageError when they cannot be written
 */
export function writeReport(folder: string, report: DrillReport): string[] {
  const time = report.startedAt.replaceAll(/\.\d+|[-:]/g, '');
  const name = `drill-${time}-${report.pair}`;
  const contents = { [`${name}.json`]: `${toJson(report)}\n`, [`${name}.md`]: markdownReport(report) };
  return Object.entries(contents).map(([file, content]) => {
    const path = join(folder, file);
    replaceFile(path, content, WORDS);
    return path;
  });
}

/** Rows that a page shows; the JSON file has more. */
const SHOWN = 1000;

/** The report for a person who was not there. */
function markdownReport(found: DrillReport): string {
  const report = visibleIn(found);
  const { pair, deployment, startedAt, endedAt, source, replica, scratch, seconds, left } = report;
  return `${[
    `# Restore drill of ${plain(deployment)}, pair ${plain(pair)}, ${startedAt.slice(0, 10)}`,
    `**${plain(verdict(report))}**`,
    table(
      ['', ''],
      [
        ['when', `${startedAt} to ${endedAt}`],
        ['copy', `${code(replica.bucket)}, account ${plain(replica.account)}, ${plain(replica.region)}`],
        ['original', `${code(source.bucket)}, account ${plain(source.account)}, ${plain(source.region)}`],
        [
          'restored into',
          `${code(scratch.bucket)}, ${scratch.made ? `made for the drill${left.length === 0 ? ', and removed after it' : ''}` : 'empty before the drill'}`,
        ],
        ['objects as of', plain(report.asOf ?? 'the newest version of each')],
        ['below', report.prefix === '' ? 'everything' : code(report.prefix)],
        ['could be restored at once', amount(report.objects)],
        ['archived, not drilled', amount(report.archived)],
        [
          report.markers.origin === 'foreign'
            ? 'hidden by delete markers that this deployment does not write'
            : 'below delete markers of unknown origin, not drilled',
          report.markers.keys === 0 ? 'none' : `${whole(report.markers.keys)}, ${plain(datesOf(report.markers))}`,
        ],
        [
          'chosen',
          report.sample === null || report.everything
            ? 'every object'
            : `a random sample of up to ${whole(report.sample.size)}, seed ${code(report.sample.seed)}`,
        ],
      ],
    ),
    '## What was restored',
    table(
      ['', 'objects'],
      ENDS.filter((end) => end === 'same' || report.ends[end].objects > 0).map((end) => [MEANING[end], amount(report.ends[end])]),
    ),
    compared(report),
    ...(report.confidence === null
      ? []
      : [
          `For the rest: if more than ${(report.confidence.atMost * 100).toPrecision(2)} % of the objects that can be restored at once could not be restored the same, at least ${Math.round(report.confidence.level * 100)} of 100 such samples would have shown one.`,
        ]),
    '## Recovery time',
    plain(recoveryTimeText(report)),
    table(
      ['', 'took'],
      [
        ['listing the replica bucket', took(seconds.list)],
        ['restoring', took(seconds.restore)],
        ['comparing what was restored', took(seconds.compare)],
        ['deleting it again', took(seconds.cleanUp)],
        ['comparing the listings of both buckets, for the recovery point', took(seconds.recoveryPoint)],
      ],
    ),
    '## Recovery point',
    plain(recoveryPointText(report.recoveryPoint)),
    ...unrestorable(report),
    ...(left.length === 0 ? [] : ['## What is left of the drill', list(left.map(plain))]),
    '## What this does not show',
    list(report.notShown.map(plain)),
    '## Objects',
    objects(report),
  ].join('\n\n')}\n`;
}

/** Lists the objects that a restore would not bring back as they are. */
function unrestorable(report: DrillReport): string[] {
  const all = unrestorableRows(report);
  const rows = all.slice(0, SHOWN).map(({ key, versionId, why }) => [code(key), code(versionId), plain(why)]);
  return rows.length === 0 ? [] : ['## What a restore would not bring back', table(['key', 'version', ''], rows)];
}

function compared({ comparedWith, comparedBy, scratch, emulator }: DrillReport): string {
  return [
    `Compared with their version in the source bucket: ${whole(comparedWith.source)}; with the replica, since the source has the version no longer: ${whole(comparedWith.replica)}.`,
    `By checksums that S3 keeps: ${whole(comparedBy.checksum)}; by reading both: ${whole(comparedBy.content)}.`,
    `Content headers, metadata and tags were compared too; ${scratch.made && !emulator ? 'all have to be encrypted under the source key' : 'encryption was not looked at'}.`,
  ].join(' ');
}

function objects({ results, moreResults }: DrillReport): string {
  if (results.length === 0) {
    return 'None.';
  }
  const more = results.length - SHOWN + moreResults;
  const rows = results
    .slice(0, SHOWN)
    .map(({ end, key, versionId, size, why }: DrilledObject) => [end, code(key), code(versionId), bytes(size), plain(why ?? '')]);
  return `${table(['', 'key', 'version', 'size', ''], rows)}${more > 0 ? `\n\n${whole(more)} more are not listed here.` : ''}`;
}

function amount({ objects: count, bytes: size }: Amount): string {
  return count === 0 ? 'none' : `${whole(count)}, ${bytes(size)} together`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function list(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join('\n');
}

/** A key may hold anything: line ends, bars and markup too. */
function code(text: string): string {
  return `<code>${plain(quoted(text).slice(1, -1))}</code>`;
}

function plain(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '|': '&#124;', '`': '&#96;' };
  return visible(text).replaceAll(/[\\&<>|`*_[\]]/g, (character) => entities[character] ?? `\\${character}`);
}
