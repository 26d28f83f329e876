import type { Entry } from '../../../aws/listing/scan-page';
import type { Pair } from '../../../config/replication-config';
import { isInClass, judgeExpired, judgeExpiryMarker } from './by-lifecycle';
import { different, type Finding, type Sides } from './finding';

/** Found out by the listings alone; undefined where S3 has to be asked. */
export function judgeListed({ source, replica }: Sides, pair: Pair, now: Date): Finding | undefined {
  if (source === undefined) {
    return judgeExtra(replica, pair);
  }
  if (replica !== undefined) {
    return judgeBoth(source, replica, pair, now);
  }
  return source.isDeleteMarker ? judgeDeleteMarker(pair) : judgeExpired(source, pair, now);
}

function judgeBoth(source: Entry, replica: Entry, pair: Pair, now: Date): Finding {
  if (source.size !== replica.size) {
    return different('size', true, `${source.size} bytes in the source bucket, ${replica.size} in the replica bucket`);
  }
  return replica.isDeleteMarker || isInClass(replica, pair, now)
    ? { state: 'same', wrong: false, why: 'alike' }
    : different('storage-class', false, `the replica is ${replica.storageClass}, and ${pair.storageClass} is configured`);
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/delete-marker-replication.html */
function judgeDeleteMarker({ replicateDeleteMarkers }: Pair): Finding {
  return different(
    'delete-marker',
    false,
    replicateDeleteMarkers
      ? 'the rule replicates delete markers that people make, never those of lifecycle rules; S3 shows no status for one'
      : 'the rule replicates no delete markers; the replica stays',
  );
}

function judgeExtra(entry: Entry, pair: Pair): Finding {
  if (!entry.isDeleteMarker) {
    return different(
      'extra',
      false,
      'deleted from the source bucket since, or written into the replica bucket; --deep 100 tells',
    );
  }
  const expired = judgeExpiryMarker(entry, pair);
  if (expired !== undefined) {
    return expired;
  }
  return pair.replicateDeleteMarkers
    ? different('extra', false, 'a delete marker that was removed from the source bucket since, or made in the replica bucket')
    : different('extra', true, 'the rule replicates no delete markers: somebody deleted the copy in the replica bucket');
}
