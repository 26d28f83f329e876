import { GetObjectTaggingCommand } from '@aws-sdk/client-s3';
import { question } from '../question';

export const TAGS_GRANTED = question({
  name: 'tags-granted',
  unknown: 'Whether tags arrive with `s3:ReplicateTags` and `s3:GetObjectVersionTagging` alone.',
  pages: ['https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html'],
  settles: [],
  how: 'An object with a tag is written, and the tags of its replica are read.',
  answers: {
    arrive: 'The permission table grants what it takes.',
    'do not arrive': 'The permission table of lib/model/permissions.ts lacks an action on tags.',
  },
  minutes: 30,
  ask: async (asking) => {
    const written = await asking.put(asking.pair('plain'), 'tags-granted', { Tagging: 'question=granted' });
    const { status, reasons } = await asking.outcome(written, 30);
    if ((await asking.replica(written)) === undefined) {
      return { answer: status === 'PENDING' ? null : 'do not arrive', seen: [status, ...reasons].join(', ') };
    }
    const s3 = await asking.access.clients.s3('destination');
    const { TagSet: tags = [] } = await s3.send(
      new GetObjectTaggingCommand({ Bucket: written.pair.names.replicaBucket.name, Key: written.key }),
    );
    const arrived = tags.some(({ Key, Value }) => Key === 'question' && Value === 'granted');
    return { answer: arrived ? 'arrive' : 'do not arrive', seen: `${status}, ${tags.length} tags on the replica` };
  },
});
