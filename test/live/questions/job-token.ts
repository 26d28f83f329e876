import { CreateJobCommand, ListJobsCommand, UpdateJobStatusCommand } from '@aws-sdk/client-s3-control';
import { createJobRequest } from '../../../lib/ops/backfill/jobs';
import { question } from '../question';

export const JOB_TOKEN = question({
  name: 'job-token',
  unknown: 'How S3 answers a second request for a job with the same token, and how soon it lists the job.',
  pages: ['https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_CreateJob.html'],
  settles: [{ file: 'docs/adr/0019-restore-by-batch.md', words: 'not for how long' }],
  how: 'A job that waits for a confirmation is asked for twice with one token, the list of jobs is read, and the job is cancelled.',
  answers: {
    'the same job, listed at once': 'lib/ops/batch/create.ts finds each job whose answer was lost in the same run.',
    'the same job, not listed at once': 'lib/ops/batch/create.ts needs a second run, which finds the job or gets its id again.',
    'another job': 'lib/ops/batch/create.ts must never ask again where the list does not show a job.',
  },
  notOnEmulator: 'an emulator has no S3 Batch Operations',
  minutes: 5,
  ask: async (asking) => {
    const { config } = asking;
    const control = await asking.access.clients.s3Control('source');
    const pair = asking.pair('plain');
    const { names, ...plain } = pair;
    const request = createJobRequest(config, { ...plain, names: { ...names, backfillRole: names.recoveryRole } }, {});
    const token = `live-${Date.now()}`;
    const ask = async () => (await control.send(new CreateJobCommand({ ...request, ClientRequestToken: token }))).JobId ?? '';
    const [first, second] = [await ask(), await ask()];
    const { Jobs: jobs = [] } = await control.send(new ListJobsCommand({ AccountId: config.source.account, MaxResults: 1000 }));
    for (const JobId of new Set([first, second])) {
      await control.send(
        new UpdateJobStatusCommand({ AccountId: config.source.account, JobId, RequestedJobStatus: 'Cancelled' }),
      );
    }
    const isListed = jobs.some(({ JobId }) => JobId === first);
    const seen = `ids ${first} and ${second}; ${isListed ? 'listed' : 'not listed'}`;
    if (first !== second) {
      return { answer: 'another job', seen };
    }
    return { answer: isListed ? 'the same job, listed at once' : 'the same job, not listed at once', seen };
  },
});
