import { question } from '../question';

export const TAGS_REFUSED = question({
  name: 'tags-refused',
  unknown: 'What becomes of an object with tags where `s3:ReplicateTags` is refused.',
  pages: ['https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-metrics-events.html'],
  settles: [],
  how: 'The policy of a replica bucket refuses the action below a prefix, and an object with a tag is written there.',
  answers: {
    FAILED: '`explain` says of `DstPutTaggingNotPermitted` what to repair; nothing changes.',
    'arrives without tags': '`verify` and `audit` have to compare tags for every pair: the status does not tell of the loss.',
    'arrives with tags': 'The action is not needed, and could leave the permission table.',
  },
  notOnEmulator: 'an emulator copies tags whatever the policy says',
  minutes: 45,
  ask: async (asking) => {
    const pair = asking.pair('single');
    await asking.refuse(pair, 's3:ReplicateTags', 'tags-refused/');
    const written = await asking.put(pair, 'tags-refused', { Tagging: 'question=refused' });
    const { status, reasons } = await asking.outcome(written, 30);
    const seen = [status, ...reasons].join(', ');
    if (status !== 'COMPLETED') {
      return { answer: status === 'FAILED' ? 'FAILED' : null, seen };
    }
    const { TagCount: tags = 0 } = (await asking.replica(written)) ?? {};
    return { answer: tags > 0 ? 'arrives with tags' : 'arrives without tags', seen: `${seen}, ${tags} tags` };
  },
});
