import { alarmPlaces, alarmsIn } from '../../lib/model/alarms';
import { ALARM_SIDES, alarmSide } from '../../lib/model/names';
import { actorsOf, each, THIRD_ACCOUNT } from './actors';
import type { AllowedRequest } from './allowed';
import type { Principal, Request } from './decide';
import type { World } from './world';

const EVENTS_PAGE = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html';
const TOPIC_PAGE = 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html';
const TOPIC_KEY_PAGE = 'https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html';

/** What services are granted on the queue, the topics and their keys, by statement: why, and AWS's word for it. */
export const NOTIFICATION_STATEMENTS: Readonly<Record<string, { readonly why: string; readonly page: string }>> = {
  SendFailureEvents: { why: 'S3 says which object failed, for the source buckets of this deployment', page: EVENTS_PAGE },
  CountHeartbeats: {
    why: 'S3 tells the backup account that a heartbeat arrived, for the replica bucket of one pair',
    page: EVENTS_PAGE,
  },
  AlarmsNotify: { why: 'CloudWatch notifies, for alarms of this account and region', page: TOPIC_PAGE },
  AlarmsEncryptNotifications: {
    why: 'the topic is encrypted, and CloudWatch has to use its key, for the same alarms',
    page: TOPIC_KEY_PAGE,
  },
};

const S3: Principal = { kind: 'service', name: 's3.amazonaws.com' };
const CLOUDWATCH: Principal = { kind: 'service', name: 'cloudwatch.amazonaws.com' };
const OTHER_SERVICES = ['events', 'lambda', 'sns', 'ec2'].map(
  (name): Principal => ({ kind: 'service', name: `${name}.amazonaws.com` }),
);

/** The context of a request that a service makes for a resource. */
const onBehalfOf = (arn: string, account: string) => ({ 'aws:SourceArn': arn, 'aws:SourceAccount': account });

/** What is told to whom: failure events to the queue, alarms to the topics. */
export function allowedNotifications(world: World): AllowedRequest[] {
  const { source } = world.config;
  const owner = source.account;
  const administrator = actorsOf(world).sourceAdministrator;
  return [
    ...world.pairs.map(({ sourceBucket }) => ({
      name: 'S3 sends a failure event',
      principal: S3,
      action: 'sqs:SendMessage',
      resource: queueOf(world),
      owner,
      context: onBehalfOf(sourceBucket.arn, owner),
      page: EVENTS_PAGE,
    })),
    ...topicsOf(world).flatMap(({ topic, key, alarm, owner: topicOwner, administrator: topicAdministrator }) => [
      {
        name: 'an alarm notifies',
        principal: CLOUDWATCH,
        action: 'sns:Publish',
        resource: topic,
        owner: topicOwner,
        context: onBehalfOf(alarm, topicOwner),
        page: TOPIC_PAGE,
      },
      ...each(['kms:Decrypt', 'kms:GenerateDataKey'], {
        name: 'an alarm notifies through the encrypted topic',
        principal: CLOUDWATCH,
        resource: key,
        owner: topicOwner,
        context: onBehalfOf(alarm, topicOwner),
      }).map((request) => ({ ...request, page: TOPIC_KEY_PAGE })),
      {
        name: 'an administrator works with the key of a topic',
        principal: topicAdministrator,
        action: 'kms:PutKeyPolicy',
        resource: key,
        owner: topicOwner,
        page: TOPIC_KEY_PAGE,
      },
    ]),
    ...each(['sqs:ReceiveMessage', 'sqs:DeleteMessage'], {
      name: 'an administrator reads failure events',
      principal: administrator,
      resource: queueOf(world),
      owner,
    }).map((request) => ({ ...request, page: EVENTS_PAGE })),
  ];
}

/** Everybody else who might read, forge or swallow what is told. */
export function deniedNotifications(world: World): Request[] {
  const { config, pairs } = world;
  const owner = config.source.account;
  const { administrator, bucket, destinationAdministrator, sourceAdministrator } = actorsOf(world);
  const [pair] = pairs;
  const queue = queueOf(world);
  const send = { principal: S3, action: 'sqs:SendMessage', resource: queue, owner };
  const outsiders: [string, Principal][] = [
    ['an administrator of the backup account', destinationAdministrator],
    ['an administrator of a third account', administrator(THIRD_ACCOUNT)],
    ['anonymous', { kind: 'anonymous' }],
    ...pairs.map(({ replicationRole }): [string, Principal] => [
      'a replication role',
      { kind: 'role', arn: replicationRole.arn },
    ]),
  ];
  const bucketArn = pair?.sourceBucket.arn ?? '';
  return [
    { ...send, name: 'S3 sends for a bucket of that name in another account', context: onBehalfOf(bucketArn, THIRD_ACCOUNT) },
    { ...send, name: 'S3 sends for another bucket of the account', context: onBehalfOf(bucket('another-bucket'), owner) },
    { ...send, name: 'S3 sends for a bucket whose name continues', context: onBehalfOf(`${bucketArn}x`, owner) },
    { ...send, name: 'S3 sends for nobody' },
    { ...send, name: 'S3 sends for a bucket of no account', context: { 'aws:SourceArn': bucketArn } },
    { ...send, name: 'S3 sends for no bucket', context: { 'aws:SourceAccount': owner } },
    ...each(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:PurgeQueue', 'sqs:SetQueueAttributes'], {
      name: 'S3 does more with the queue than send',
      principal: S3,
      resource: queue,
      owner,
      context: onBehalfOf(bucketArn, owner),
    }),
    ...outsiders.flatMap(([who, principal]) =>
      each(['sqs:SendMessage', 'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:PurgeQueue'], {
        name: `${who} on the failure queue`,
        principal,
        resource: queue,
        owner,
      }),
    ),
    ...OTHER_SERVICES.map((principal) => ({
      ...send,
      principal,
      name: 'another service sends',
      context: onBehalfOf(bucketArn, owner),
    })),
    ...each(['sqs:SendMessage', 'sqs:ReceiveMessage'], {
      name: 'plain HTTP',
      principal: sourceAdministrator,
      resource: queue,
      owner,
      context: { 'aws:SecureTransport': 'false' },
    }),
    ...topicsOf(world).flatMap((topic) =>
      deniedOnTopic(topic, [
        topic.owner === owner
          ? ['an administrator of the backup account', destinationAdministrator]
          : ['an administrator of the source account', sourceAdministrator],
        ...outsiders.slice(1),
      ]),
    ),
  ];
}

function deniedOnTopic(
  { topic, key, alarm, elsewhere, owner, administrator }: ReturnType<typeof topicsOf>[number],
  outsiders: readonly [string, Principal][],
): Request[] {
  const wrong: [string, Record<string, string> | undefined][] = [
    ['for an alarm of another account', onBehalfOf(alarm.replace(owner, THIRD_ACCOUNT), owner)],
    ['for another account', onBehalfOf(alarm, THIRD_ACCOUNT)],
    ['for an alarm of another region', onBehalfOf(elsewhere, owner)],
    ['for nobody', undefined],
    ['for an alarm of no account', { 'aws:SourceArn': alarm }],
    ['for no alarm', { 'aws:SourceAccount': owner }],
  ];
  const uses = [
    { action: 'sns:Publish', resource: topic, owner },
    { action: 'kms:GenerateDataKey', resource: key, owner },
    { action: 'kms:Decrypt', resource: key, owner },
  ];
  return [
    ...uses.flatMap((use) => [
      ...wrong.map(([how, context]) => ({
        ...use,
        name: `CloudWatch notifies ${how}`,
        principal: CLOUDWATCH,
        ...(context && { context }),
      })),
      ...[S3, ...OTHER_SERVICES].map((principal) => ({
        ...use,
        name: 'another service notifies',
        principal,
        context: onBehalfOf(alarm, owner),
      })),
      ...outsiders.map(([who, principal]) => ({ ...use, name: `${who} notifies`, principal })),
    ]),
    {
      name: 'plain HTTP',
      principal: administrator,
      action: 'sns:Publish',
      resource: topic,
      owner,
      context: { 'aws:SecureTransport': 'false' },
    },
    ...each(['sns:Subscribe', 'sns:SetTopicAttributes'], {
      name: 'CloudWatch does more with a topic than notify',
      principal: CLOUDWATCH,
      resource: topic,
      owner,
      context: onBehalfOf(alarm, owner),
    }),
    ...each(['kms:Encrypt', 'kms:GenerateMac', 'kms:ScheduleKeyDeletion', 'kms:CreateGrant'], {
      name: 'CloudWatch does more with the key of a topic',
      principal: CLOUDWATCH,
      resource: key,
      owner,
      context: onBehalfOf(alarm, owner),
    }),
  ];
}

const queueOf = ({ config }: World) => config.names.monitoring.failureQueue.arn;

/** The topic of each place with its key, an alarm of that place, and one of another region. */
function topicsOf(world: World) {
  const { config, notificationKeys } = world;
  const { destinationAdministrator, sourceAdministrator } = actorsOf(world);
  return alarmPlaces(config).map((place) => {
    const { account, region } = alarmSide(config, place);
    const alarm = alarmsIn(config, place)[0]?.arn ?? '';
    const other = region === config.source.region ? config.destination.region : config.source.region;
    return {
      topic: config.names.monitoring.regions[place].topic.arn,
      key: notificationKeys[place] ?? '',
      owner: account,
      administrator: ALARM_SIDES[place].account === 'source' ? sourceAdministrator : destinationAdministrator,
      alarm,
      elsewhere: alarm.replace(`:${region}:`, `:${other}:`),
    };
  });
}
