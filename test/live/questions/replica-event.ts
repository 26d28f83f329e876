import { heartbeatKey } from '../../../lib/model/canary';
import { question } from '../question';

export const REPLICA_EVENT = question({
  name: 'replica-event',
  unknown: 'Whether the replica of an object raises `s3:ObjectCreated:*`, and as which kind of creation.',
  pages: [
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html',
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html',
  ],
  settles: [
    { file: 'docs/adr/0011-heartbeat.md', words: 'or says that the replica of an object raises `s3:ObjectCreated:*`' },
    {
      file: 'docs/adr/0011-heartbeat.md',
      words: '`s3:ObjectCreated:*` takes every kind of creation: no AWS page says which one a replica is',
    },
    { file: 'docs/monitoring.md', words: 'and that a replica raises `s3:ObjectCreated:*`' },
  ],
  how: 'An object is written under the key of the heartbeat, and the queue of the replica bucket is read for half an hour.',
  answers: {
    'it raises one': 'The queue counts heartbeats as designed; docs/adr/0011-heartbeat.md can name the kind.',
    'it raises none':
      'The alarm of the backup account needs another counter: see the alternatives in docs/adr/0011-heartbeat.md.',
  },
  notOnEmulator: 'an emulator raises no event for a replica',
  minutes: 35,
  ask: async (asking) => {
    const pair = asking.pair('single');
    // The queue keeps a message for a minute, so it is read from now on.
    const message = asking.message('destination', pair.names.heartbeatQueue.name, 30, (body) =>
      /"eventName":"ObjectCreated/.test(body),
    );
    await asking.put(pair, 'heartbeat', { Key: heartbeatKey(pair) });
    const body = await message;
    const [, kind] = /"eventName":"(ObjectCreated:\w+)"/.exec(body ?? '') ?? [];
    return body === undefined
      ? { answer: 'it raises none', seen: 'no message in 30 minutes' }
      : { answer: 'it raises one', seen: `${kind}` };
  },
});
