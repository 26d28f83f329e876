import { Match, type Template } from 'aws-cdk-lib/assertions';
import { heartbeatAlarm, heartbeatVersions } from '../../../lib/model/heartbeat';
import { replicationStacks, templates } from '../../helpers/app';
import { LOCKDOWN, validConfig } from '../../helpers/config';
import { resourceCounts, stringsIn } from '../../helpers/templates';

const KEY = '.s3-replication-canary/heartbeat';

/** The template of a stack that the default configuration has. */
function templateOf(stack: 'heartbeat' | 'backupHealth', keys: Record<string, unknown> = {}): Template {
  const template = templates(keys)[stack];
  if (template === undefined) {
    throw new Error(`there is no ${stack} stack`);
  }
  return template;
}

interface ScheduleProperties {
  readonly Name: string;
  readonly GroupName: string;
  readonly ScheduleExpression: string;
  readonly State: string;
  readonly Target: { readonly Arn: string; readonly RoleArn: string; readonly Input: string };
}

function schedulesOf(keys: Record<string, unknown>): ScheduleProperties[] {
  return Object.values(templateOf('heartbeat', keys).findResources('AWS::Scheduler::Schedule')).map(
    ({ Properties }) => Properties as ScheduleProperties,
  );
}

const inputOf = (filter: object | undefined) => {
  const [schedule] = schedulesOf({ pairs: [{ id: 'documents', ...(filter && { filter }) }] });
  return JSON.parse(schedule?.Target.Input ?? '') as Record<'Bucket' | 'Key' | 'Body' | 'Tagging', string>;
};

describe('the schedule', () => {
  test('puts one object into the source bucket every hour, without a function', () => {
    const template = templateOf('heartbeat');
    expect(schedulesOf({})).toMatchObject([
      {
        Name: 'backups-documents',
        GroupName: 'backups-heartbeats',
        ScheduleExpression: 'rate(60 minutes)',
        State: 'ENABLED',
        Target: {
          Arn: 'arn:aws:scheduler:::aws-sdk:s3:putObject',
          RoleArn: 'arn:aws:iam::111111111111:role/backups-documents-heartbeat-ap-southeast-2',
        },
      },
    ]);
    expect(resourceCounts(template)).toEqual({
      'AWS::IAM::Role': 1,
      'AWS::Scheduler::Schedule': 1,
      'AWS::Scheduler::ScheduleGroup': 1,
    });
    template.hasResource('AWS::Scheduler::Schedule', {
      DependsOn: Match.arrayWith([Match.stringLikeRegexp('Role'), Match.stringLikeRegexp('Schedules')]),
    });
  });

  test.each([
    ['without a filter', undefined, KEY, { 's3-replication': 'canary' }],
    ['with a prefix', { prefix: 'reports/' }, `reports/${KEY}`, { 's3-replication': 'canary' }],
    ['with tags', { tags: { class: 'a b+c=ü' } }, KEY, { 's3-replication': 'canary', class: 'a b+c=ü' }],
    ['with both', { prefix: 'ü*/', tags: { class: 'x' } }, `ü*/${KEY}`, { 's3-replication': 'canary', class: 'x' }],
  ])('%s writes what the rule replicates', (_, filter, key, tags) => {
    const { Bucket, Key, Tagging } = inputOf(filter);
    expect(Bucket).toBe('backups-documents-111111111111-ap-southeast-2-an');
    expect(Key).toBe(key);
    expect(Object.fromEntries(new URLSearchParams(Tagging))).toEqual(tags);
  });

  test('ten tags of the filter leave no room for the one of the canary', () => {
    const tags = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`tag${index}`, 'x']));
    expect(Object.fromEntries(new URLSearchParams(inputOf({ tags }).Tagging))).toEqual(tags);
  });

  test.each([
    ['aws-cn', 'cn-north-1', 'cn-northwest-1'],
    ['aws-us-gov', 'us-gov-west-1', 'us-gov-east-1'],
  ])('in partition %s calls the operation of that partition', (partition, source, destination) => {
    const keys = { source: { region: source }, destination: { region: destination } };
    expect(schedulesOf(keys).map(({ Target }) => Target.Arn)).toEqual([`arn:${partition}:scheduler:::aws-sdk:s3:putObject`]);
    const arns = stringsIn([templateOf('heartbeat', keys), templateOf('backupHealth', keys)].map((one) => one.toJSON()))
      .flatMap((text) => [...text.matchAll(/\barn:([\w-]*):/g)])
      .map(([, found]) => found);
    expect(new Set(arns)).toEqual(new Set([partition]));
  });

  test('names the source key by its published parameter, so that the source stack exports nothing', () => {
    const { source } = templates();
    expect(Object.values(templateOf('heartbeat').toJSON()['Parameters'] as object)).toContainEqual(
      expect.objectContaining({ Type: 'AWS::SSM::Parameter::Value<String>', Default: '/backups/source/key-arn' }),
    );
    expect(source.findOutputs('*')).toEqual({});
  });

  test('is there after the source buckets', () => {
    const { heartbeat, source } = replicationStacks();
    expect(heartbeat?.dependencies).toEqual([source]);
  });
});

describe('the replica bucket', () => {
  test('tells a queue of each heartbeat, whatever the prefix of the pair', () => {
    const { destination } = templates({ pairs: [{ id: 'documents', filter: { prefix: 'ü?/' } }] });
    destination.hasResource('AWS::S3::Bucket', {
      DependsOn: Match.arrayWith([Match.stringLikeRegexp('HeartbeatsPolicy')]),
      Properties: {
        NotificationConfiguration: {
          QueueConfigurations: [
            {
              Event: 's3:ObjectCreated:*',
              Queue: 'arn:aws:sqs:us-west-2:222222222222:backups-documents-heartbeats',
              Filter: { S3Key: { Rules: [{ Name: 'suffix', Value: KEY }] } },
            },
          ],
        },
      },
    });
  });

  test('has a queue for each pair that needs no key and keeps messages as short as SQS allows', () => {
    const { destination } = templates({ pairs: [{ id: 'a' }, { id: 'b' }] });
    destination.resourceCountIs('AWS::SQS::Queue', 2);
    destination.allResourcesProperties('AWS::SQS::Queue', { SqsManagedSseEnabled: true, MessageRetentionPeriod: 60 });
    destination.allResourcesProperties('AWS::SQS::Queue', { KmsMasterKeyId: Match.absent() });
  });

  test('tells it under lockdown too, whose policy exempts the role of CloudFormation', () => {
    templates(LOCKDOWN).destination.hasResourceProperties('AWS::S3::Bucket', { NotificationConfiguration: Match.anyValue() });
  });
});

describe('the alarm of the backup account', () => {
  test('is on when nothing has arrived, and no data counts as nothing', () => {
    templateOf('backupHealth').hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'backups-documents-heartbeat',
      Namespace: 'AWS/SQS',
      MetricName: 'NumberOfMessagesSent',
      Dimensions: [{ Name: 'QueueName', Value: 'backups-documents-heartbeats' }],
      Statistic: 'Sum',
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 1,
      Period: 3600,
      EvaluationPeriods: 2,
      TreatMissingData: 'breaching',
      AlarmActions: Match.absent(),
    });
  });

  test('reaches a topic and an address of the backup account through one composite alarm', () => {
    const template = templateOf('backupHealth', {
      monitoring: { email: 'storage@example.com' },
      pairs: [{ id: 'a' }, { id: 'b' }],
    });
    const topic = { Ref: Match.stringLikeRegexp('^Notifications') };
    template.hasResource('AWS::CloudWatch::CompositeAlarm', {
      DependsOn: Match.arrayWith([Match.stringLikeRegexp('^Alarmsaheartbeat'), Match.stringLikeRegexp('^Alarmsbheartbeat')]),
      Properties: {
        AlarmName: 'backups-backup-health',
        AlarmRule: 'ALARM("backups-a-heartbeat") OR ALARM("backups-b-heartbeat")',
        AlarmActions: [topic],
        OKActions: [topic],
      },
    });
    template.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'storage@example.com' });
    template.hasResourceProperties('AWS::SNS::Topic', { TopicName: 'backups-backup-notifications' });
  });

  test('is in the backup account, in a stack that waits for its queues', () => {
    const { backupHealth, destination } = replicationStacks();
    expect(backupHealth?.account).toBe('222222222222');
    expect(backupHealth?.region).toBe('us-west-2');
    expect(backupHealth?.dependencies).toEqual([destination]);
  });

  test.each([
    [15, 60, 15, 5],
    [60, 60, 60, 2],
    [61, 60, 61, 2],
    [1440, 60, 1440, 2],
    [15, 15, 15, 2],
    // More than a day of periods shorter than an hour is more than CloudWatch evaluates.
    [15, 1440, 60, 25],
    [59, 1380, 60, 24],
    // So is more than a week.
    [60, 10_080, 60, 168],
    [1440, 10_080, 1440, 7],
  ])(
    'every %i minutes, with a tolerated lag of %i: periods of %i minutes, %i of them',
    (minutes, latencyMinutes, period, periods) => {
      const config = validConfig({ heartbeat: { minutes }, monitoring: { latencyMinutes } });
      expect(heartbeatAlarm(config, minutes)).toEqual({ period, periods, most: (periods + 1) * period });
    },
  );

  test('no interval and no tolerated lag leave the limits of CloudWatch, or raise the alarm at a lag that is tolerated', () => {
    for (const latencyMinutes of [1, 15, 60, 600, 1440, 5000, 10_080]) {
      const config = validConfig({ monitoring: { latencyMinutes } });
      for (let minutes = 15; minutes <= 1440; minutes += 7) {
        const { period, periods } = heartbeatAlarm(config, minutes);
        expect(period * periods).toBeLessThanOrEqual(period < 60 ? 1440 : 10_080);
        expect(periods).toBeGreaterThan(0);
        expect(period * periods).toBeGreaterThanOrEqual(Math.min(minutes + latencyMinutes, 10_080 - period));
      }
    }
  });
});

test('Object Lock keeps every heartbeat of its days: the number is told', () => {
  const objectLock = { mode: 'GOVERNANCE', days: 30 };
  const config = validConfig({ pairs: [{ id: 'locked', objectLock }, { id: 'free' }] });
  expect(config.pairs.map((pair) => heartbeatVersions(config, pair))).toEqual([720, 48]);
});

describe('without heartbeat', () => {
  const keys = { heartbeat: false };

  test('there is no stack for it, no queue and no notification, and the other stacks are as they were', () => {
    const { heartbeat, backupHealth, destination, source } = templates(keys);
    expect([heartbeat, backupHealth]).toEqual([undefined, undefined]);
    destination.resourceCountIs('AWS::SQS::Queue', 0);
    destination.hasResourceProperties('AWS::S3::Bucket', { NotificationConfiguration: Match.absent() });
    expect(JSON.stringify(source.toJSON())).not.toMatch(/heartbeat|AWS\/Scheduler/);
  });
});

describe('a source bucket that is owned elsewhere gets no heartbeat: only its owner could expire what a heartbeat leaves', () => {
  const owned = { id: 'invoices', sourceBucket: { name: 'acme-invoices' } };

  test('without another pair there is no stack, no queue and no alarm for it', () => {
    const { heartbeat, backupHealth, destination } = templates({ pairs: [owned] });
    expect([heartbeat, backupHealth]).toEqual([undefined, undefined]);
    destination.resourceCountIs('AWS::SQS::Queue', 0);
    destination.hasResourceProperties('AWS::S3::Bucket', { NotificationConfiguration: Match.absent() });
  });

  test('beside another pair only that one has schedule, queue and alarm', () => {
    const keys = { pairs: [owned, { id: 'documents' }] };
    expect(schedulesOf(keys).map(({ Name: name }) => name)).toEqual(['backups-documents']);
    templates(keys).destination.resourceCountIs('AWS::SQS::Queue', 1);
    templateOf('backupHealth', keys).resourceCountIs('AWS::CloudWatch::Alarm', 1);
    const config = validConfig(keys);
    expect(config.pairs.map((pair) => heartbeatVersions(config, pair))).toEqual([undefined, 48]);
  });

  test('a witness watches its replica bucket all the same', () => {
    templateOf('backupHealth', { witness: true, pairs: [owned] }).resourceCountIs('AWS::CloudWatch::Alarm', 1);
  });

  test('a prefix of any length is accepted, which would leave no room for the key of a heartbeat', () => {
    const filter = { prefix: 'a'.repeat(1024) };
    expect(validConfig({ pairs: [{ ...owned, filter }] }).pairs).toHaveLength(1);
    expect(() => validConfig({ pairs: [{ id: 'documents', filter }] })).toThrow(/no room for the key of the heartbeat/);
  });
});

test('groups have heartbeats of their own', () => {
  const pairs = [{ id: 'a', group: 'archive' }];
  expect(schedulesOf({ pairs }).map(({ GroupName, Name }) => [GroupName, Name])).toEqual([
    ['backups-heartbeats-archive', 'backups-a'],
  ]);
  templateOf('backupHealth', { pairs }).hasResourceProperties('AWS::CloudWatch::CompositeAlarm', {
    AlarmName: 'backups-backup-health-archive',
  });
});

describe('who is told', () => {
  const topics = {
    source: 'arn:aws:sns:ap-southeast-2:111111111111:on-call',
    destination: 'arn:aws:sns:us-west-2:111111111111:on-call',
    backup: 'arn:aws:sns:us-west-2:222222222222:on-call',
  };
  const all = templates({ monitoring: { topicArns: Object.values(topics) } });

  test.each([
    ['sourceHealth', topics.source],
    ['destinationHealth', topics.destination],
    ['backupHealth', topics.backup],
  ] as const)('the composite alarm of %s tells the existing topic of its account and Region, and no other', (stack, arn) => {
    const composites = Object.values(all[stack]?.findResources('AWS::CloudWatch::CompositeAlarm') ?? {});
    const [told = [], ok] = composites.flatMap(({ Properties }) => [
      Properties.AlarmActions as unknown[],
      Properties.OKActions as unknown[],
    ]);
    expect(told.filter((one) => String(one).endsWith(':on-call'))).toEqual([arn]);
    expect(told).toHaveLength(2);
    expect(ok).toEqual(told);
  });

  test('every alarm says on a phone which pair, what it means, the first command, and where to read on', () => {
    const described = (keys: object) =>
      Object.values(templates({ monitoring: keys })).flatMap((template) =>
        ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'].flatMap((type) =>
          Object.values(template.findResources(type)).map(({ Properties }) => Properties.AlarmDescription as string),
        ),
      );
    for (const text of described({})) {
      expect(text).toMatch(/^(documents|backups): .+\. First: npx --no -- s3-replication \w+.*\. Then: docs\/runbook\.md$/);
      expect(text.length).toBeLessThan(300);
    }
    expect(described({})).toHaveLength(8);
    expect(described({ runbookUrl: 'https://wiki.example.com/r.md' })).toContainEqual(
      'documents: no heartbeat has arrived in the backup for 120 minutes. Replication may have stopped. First: npx --no -- s3-replication doctor --pair documents. Then: https://wiki.example.com/r.md#deployment-pair-heartbeat',
    );
    expect(described({ runbookUrl: 'https://wiki.example.com/r#alarms' }).filter((text) => !text.endsWith('r#alarms'))).toEqual(
      [],
    );
  });
});
