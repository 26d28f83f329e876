import { ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { question } from '../question';

export const LISTING_START = question({
  name: 'listing-start',
  unknown: 'Whether a listing of versions that starts with a key has that key in it.',
  pages: ['https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html'],
  settles: [
    { file: 'lib/aws/listing/cursor.ts', words: 'no AWS page says whether a listing that starts with a key has that key in it' },
  ],
  how: 'Two objects are written, and the bucket is listed with the key of the first as the marker.',
  answers: {
    'it has it': 'lib/aws/listing/cursor.ts looks at keys and drops it, which stays right.',
    'it has it not': 'lib/aws/listing/cursor.ts could do without looking.',
  },
  minutes: 1,
  ask: async (asking) => {
    const pair = asking.pair('plain');
    const [first] = [await asking.put(pair, 'listing-start'), await asking.put(pair, 'listing-start')];
    const s3 = await asking.access.clients.s3('source');
    const { Versions: versions = [] } = await s3.send(
      new ListObjectVersionsCommand({ Bucket: pair.names.sourceBucket.name, Prefix: 'listing-start/', KeyMarker: first.key }),
    );
    const has = versions.some(({ Key: key }) => key === first.key);
    return { answer: has ? 'it has it' : 'it has it not', seen: `${versions.length} versions` };
  },
});
