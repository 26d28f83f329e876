import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { isMissingObject } from '../../../lib/aws/aws-error';
import { readScheduleErrors } from '../../../lib/aws/metrics';
import { heartbeatKey } from '../../../lib/model/canary';
import { question } from '../question';

export const HEARTBEAT_SCHEDULE = question({
  name: 'heartbeat-schedule',
  unknown: 'Whether EventBridge Scheduler accepts `s3:putObject` as a universal target, and puts the time and the tags in.',
  pages: [
    'https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html',
    'https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html',
  ],
  settles: [
    { file: 'docs/adr/0011-heartbeat.md', words: 'To be settled live' },
    { file: 'docs/adr/0011-heartbeat.md', words: 'No AWS page shows `s3:putObject` as a universal target' },
    { file: 'docs/monitoring.md', words: 'that EventBridge Scheduler takes `s3:putObject` as a universal target' },
  ],
  how: 'The heartbeat of a pair is looked for in its source bucket until half an hour after the deployment: the schedule runs every 15 minutes.',
  answers: {
    'it writes': 'The heartbeat stays as it is; docs/adr/0011-heartbeat.md can say so.',
    'it does not write':
      'The heartbeat needs another writer, such as a function: see the alternatives in docs/adr/0011-heartbeat.md.',
  },
  notOnEmulator: 'an emulator calls no operation by a universal target',
  minutes: 40,
  ask: async (asking) => {
    const { access, config } = asking;
    const pair = asking.pair('plain');
    const s3 = await access.clients.s3('source');
    const found = await asking.until(35, () =>
      s3
        .send(new HeadObjectCommand({ Bucket: pair.names.sourceBucket.name, Key: heartbeatKey(pair) }))
        .catch((error: unknown) => {
          if (isMissingObject(error)) {
            return undefined;
          }
          throw error;
        }),
    );
    if (found !== undefined) {
      return {
        answer: 'it writes',
        seen: `${found.ContentLength} bytes, ${found.TagCount ?? 0} tags, status ${found.ReplicationStatus}`,
      };
    }
    const cloudWatch = await access.clients.cloudWatch('source');
    const errors = await readScheduleErrors(cloudWatch, config.names.heartbeat.scheduleGroup.name, {
      start: asking.started,
      end: access.clock.now(),
    });
    return {
      answer: 'it does not write',
      seen: `${errors.attempted} attempts, ${errors.failed} failed, ${errors.dropped} dropped`,
    };
  },
});
