import type { Pair } from '../../../config/model';
import type { Entry } from '../../listing/scan-page';
import { different, type Finding, type Sides } from './finding';

/** Found out by the listings alone; undefined where S3 has to be asked. */
export function judgeListed({ source, replica }: Sides, pair: Pair): Finding | undefined {
  if (source === undefined) {
    return judgeExtra(replica, pair);
  }
  if (replica !== undefined) {
    return judgeBoth(source, replica, pair);
  }
  return source.isDeleteMarker ? judgeDeleteMarker(pair) : undefined;
}

function judgeBoth(source: Entry, replica: Entry, { storageClass }: Pair): Finding {
  if (source.size !== replica.size) {
    return different('size', true, `${source.size} bytes in the source bucket, ${replica.size} in the replica bucket`);
  }
  return replica.isDeleteMarker || replica.storageClass === storageClass
    ? { state: 'same', wrong: false, why: 'alike' }
    : different('storage-class', false, `the replica is ${replica.storageClass}, and ${storageClass} is configured`);
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

function judgeExtra({ isDeleteMarker }: Entry, { replicateDeleteMarkers }: Pair): Finding {
  if (!isDeleteMarker) {
    return different(
      'extra',
      false,
      'deleted from the source bucket since, or written into the replica bucket; --deep 100 tells',
    );
  }
  return replicateDeleteMarkers
    ? different('extra', false, 'a delete marker that was removed from the source bucket since, or made in the replica bucket')
    : different('extra', true, 'the rule replicates no delete markers: somebody deleted the copy in the replica bucket');
}
