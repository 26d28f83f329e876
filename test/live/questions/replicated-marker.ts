import {
  DeleteObjectCommand,
  GetBucketNotificationConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
} from '@aws-sdk/client-s3';
import { question } from '../question';

export const REPLICATED_MARKER = question({
  name: 'replicated-marker',
  unknown: 'Which event a delete marker raises that replication writes, and whether it differs from one that a person makes.',
  pages: ['https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html'],
  settles: [{ file: 'docs/monitoring.md', words: 'where no AWS page says how the two are told apart' }],
  how: 'An object of a pair with `replicateDeleteMarkers` is deleted at the source, another in the replica bucket; the queue of that bucket is read.',
  answers: {
    'the two are alike': 'The witness has to leave delete markers out with `replicateDeleteMarkers`, as it does.',
    'only that of a person raises one': 'The witness can watch delete markers with `replicateDeleteMarkers` too.',
  },
  notOnEmulator: 'an emulator raises no event for a replica',
  minutes: 75,
  ask: async (asking) => {
    const pair = asking.pair('single');
    const { sourceBucket, replicaBucket, heartbeatQueue } = pair.names;
    const [source, destination] = [await asking.access.clients.s3('source'), await asking.access.clients.s3('destination')];
    const Bucket = replicaBucket.name;
    const present = await destination.send(new GetBucketNotificationConfigurationCommand({ Bucket }));
    const { QueueConfigurations: queues = [], TopicConfigurations, EventBridgeConfiguration } = present;
    const Id = 'delete-markers';
    const markers = { Id, QueueArn: heartbeatQueue.arn, Events: ['s3:ObjectRemoved:DeleteMarkerCreated' as const] };
    await destination.send(
      new PutBucketNotificationConfigurationCommand({
        Bucket,
        NotificationConfiguration: {
          ...(TopicConfigurations && { TopicConfigurations }),
          ...(EventBridgeConfiguration && { EventBridgeConfiguration }),
          QueueConfigurations: [...queues.filter((one) => one.Id !== Id), markers],
        },
      }),
    );
    const written = [await asking.put(pair, 'marker-replicated'), await asking.put(pair, 'marker-made')];
    const ended = await Promise.all(written.map((one) => asking.outcome(one, 30)));
    if (ended.some(({ status }) => status !== 'COMPLETED')) {
      return { answer: null, seen: ended.map(({ status }) => status).join(', ') };
    }
    const heard = async (name: string, act: () => Promise<unknown>) => {
      const message = asking.message(
        'destination',
        heartbeatQueue.name,
        20,
        (body) => body.includes(`${name}%2F`) || body.includes(`${name}/`),
      );
      await act();
      return /"eventName":"([\w:]+)"/.exec((await message) ?? '')?.[1];
    };
    const [one, other] = written;
    const replicated = await heard('marker-replicated', () =>
      source.send(new DeleteObjectCommand({ Bucket: sourceBucket.name, Key: one?.key })),
    );
    const made = await heard('marker-made', () => destination.send(new DeleteObjectCommand({ Bucket, Key: other?.key })));
    const seen = `replicated: ${replicated ?? 'none'}; made: ${made ?? 'none'}`;
    return {
      answer: made === undefined ? null : replicated === undefined ? 'only that of a person raises one' : 'the two are alike',
      seen,
    };
  },
});
