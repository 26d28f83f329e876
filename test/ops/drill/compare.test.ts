import type { HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import { sameChecksum } from '../../../lib/ops/drill/compare';

const head = (headers: Partial<HeadObjectCommandOutput>): HeadObjectCommandOutput => ({ $metadata: {}, ...headers });

test.each<[string, Partial<HeadObjectCommandOutput>, Partial<HeadObjectCommandOutput>, boolean | undefined]>([
  ['the same', { ChecksumCRC32: 'a' }, { ChecksumCRC32: 'a' }, true],
  ['different', { ChecksumCRC32: 'a' }, { ChecksumCRC32: 'b' }, false],
  ['of different algorithms', { ChecksumCRC32: 'a' }, { ChecksumSHA256: 'a' }, undefined],
  ['none', {}, {}, undefined],
  ['composite and the same', { ChecksumCRC32: 'a-2' }, { ChecksumCRC32: 'a-2' }, true],
  ['composite of other parts', { ChecksumCRC32: 'a-2' }, { ChecksumCRC32: 'b-3' }, undefined],
  ['composite beside one of the whole object', { ChecksumCRC32: 'a-2' }, { ChecksumCRC32: 'c' }, undefined],
])('checksums: %s', (_, a, b, same) => {
  expect(sameChecksum(head(a), head(b))).toBe(same);
});
