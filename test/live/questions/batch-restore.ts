import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import type { RestoreResult } from '../../../lib/ops/restore/result';
import { question } from '../question';

export const BATCH_RESTORE = question({
  name: 'batch-restore',
  unknown:
    'Whether a job copies replicas back with the recovery role, whose reading and decryption only S3 of the replica Region may ask for.',
  pages: [
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/specify-batchjob-manifest-xaccount-csv.html',
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-iam-role-policies.html',
  ],
  settles: [{ file: 'docs/recovery.md', words: 'This project has not run it' }],
  how: 'An object with a tag is replicated, its original is deleted by its version id, and restore --engine batch brings it back.',
  answers: {
    restored: 'The permission table of lib/model/recovery.ts grants what it takes.',
    'not restored':
      'What the report of the job names has to be granted in lib/model/recovery.ts, or a condition there has to go.',
  },
  notOnEmulator: 'an emulator has no S3 Batch Operations',
  minutes: 60,
  ask: async (asking) => {
    const pair = asking.pair('single');
    const written = await asking.put(pair, 'batch-restore', { Tagging: 'question=batch' });
    const { status, reasons } = await asking.outcome(written, 30);
    if (status !== 'COMPLETED') {
      return { answer: null, seen: ['the object was not replicated', status, ...reasons].join(', ') };
    }
    const s3 = await asking.access.clients.s3('source');
    await s3.send(
      new DeleteObjectCommand({ Bucket: pair.names.sourceBucket.name, Key: written.key, VersionId: written.versionId }),
    );
    const { code, data } = await asking.cli('restore', '--pair', pair.id, '--prefix', written.key, '--engine', 'batch', '--yes');
    const { pairs = [] } = data as Partial<RestoreResult>;
    const result = pairs[0]?.batch?.result;
    if (result === undefined || result === null) {
      return { answer: null, seen: `exit code ${code}, and no job` };
    }
    const failed = (result.failures ?? []).map(({ reason, objects }) => `${reason}: ${objects[0]?.message}`);
    const seen = [`job ${result.jobStatus}`, ...result.problems.map(({ reason }) => reason), ...failed].join('; ');
    return { answer: result.objects.succeeded === 1 ? 'restored' : 'not restored', seen };
  },
});
