import { bytes, duration, plural } from '../../../cli/units';
import type { Engine, InventoryFacts } from '../report';

/** Names of the engines, for a person. */
export const ENGINE: Readonly<Record<Engine, string>> = { duckdb: 'DuckDB', athena: 'Athena' };

/** When S3 looked at both buckets of a pair, and what was left out since. */
export function snapshotsInWords({ source, replica, notJudged, duplicates, seconds }: InventoryFacts['pairs'][number]): string {
  return [
    `source as of ${source.takenAt}, replica as of ${replica.takenAt}`,
    `${bytes(source.bytes + replica.bytes)} verified in ${duration(seconds.verify)}, compared in ${duration(seconds.compare)}`,
    ...(notJudged.source + notJudged.replica > 0
      ? [
          `${plural(notJudged.source, 'source version')} and ${plural(notJudged.replica, 'replica')} not judged, since written later than the older report`,
        ]
      : []),
    ...(source.verified === 'size' ? ['files verified by their sizes alone, since S3 shows no MD5 of them'] : []),
    ...(duplicates > 0 ? [`${plural(duplicates, 'repeated row')} left out`] : []),
  ].join('; ');
}

/** What no report shows. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory.html#storage-inventory-contents */
export function limitsInWords({ notShown }: Pick<InventoryFacts, 'notShown'>): string {
  return `An inventory is eventually consistent: it may lack versions that were written, and have versions that were deleted, shortly before. It does not show ${notShown.slice(0, -1).join(', ')} and ${notShown.at(-1)}.`;
}
