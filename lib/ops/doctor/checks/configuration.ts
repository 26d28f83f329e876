import type { ReplicationRule } from '@aws-sdk/client-s3';
import { SIDES, type SideName } from '../../../config/replication-config';
import type { DeployedPair, Deployment } from '../../../model/deployment';
import { heartbeatMinutes } from '../../../model/heartbeat';
import { ALARM_PLACES } from '../../../model/names';
import { opsCommand } from '../../../model/shell-commands';
import { ALARM_STACKS, HEALTH_STACKS, type StackKind, stacksOf } from '../../../model/stacks';
import { type Check, type CheckFinding, type DoctorContext, notApplicable, pass } from '../check';
import type { Expected, ExpectedQueue, ExpectedRole } from '../expected';
import { type LiveStatement, normalStatement } from '../policy-document';
import { alarmText } from './alarms';
import { lockText, publicAccessText } from './buckets';
import { scheduleText } from './heartbeat';
import { inventoryText } from './inventory';
import { lifecycleText } from './lifecycle';
import { RULE_PARTS } from './rule';

/** Whether what is deployed is what the configuration says. The other checks compare with what is deployed, so that this is said once. */
export const CONFIGURATION_CHECKS: readonly Check[] = [
  {
    id: 'configuration',
    title: 'what is deployed is what the configuration says',
    area: 'environments',
    run: { each: 'deployment', ask: configuration },
  },
];

/** One property of what is deployed. */
interface Property {
  readonly stack: StackKind;
  /** What its template calls the resource. */
  readonly name: string;
  /** In words, such as `versioning of bucket x`. */
  readonly what: string;
  /** In one spelling for all that is equal. */
  readonly of: (expected: Expected) => Promise<string>;
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetTemplate.html */
async function configuration(context: DoctorContext): Promise<CheckFinding> {
  const { config, facts } = context;
  const deployed = new Set<StackKind>();
  for (const stack of stacksOf(config)) {
    if (await facts.isDeployed(stack)) {
      deployed.add(stack);
    }
  }
  if (deployed.size === 0) {
    return notApplicable('nothing is deployed yet');
  }
  const differences = new Set<string>();
  // The check of a stack says that it is not there.
  for (const { stack, name, what, of } of propertiesOf(context).filter((one) => deployed.has(one.stack))) {
    if (!(await facts.template(stack)).has(name)) {
      differences.add(`${name} is not deployed yet`);
    } else if ((await of(facts.expected)) !== (await of(facts.configured))) {
      differences.add(what);
    }
  }
  for (const bucket of await surplusBuckets(context)) {
    differences.add(`bucket ${bucket} is deployed, and not in the configuration`);
  }
  return differences.size === 0
    ? pass('no difference')
    : {
        status: 'failed',
        found: `the configuration differs from what is deployed: ${[...differences].join('; ')}`,
        expected: 'no difference',
        fix: {
          resource: 'stacks of the deployment',
          commands: [opsCommand(config, 'deploy')],
          notes: [
            'It shows what it will change, and asks. The other checks compare with what is deployed now.',
            'Where it finds nothing to change, code of your app makes the difference: --accept configuration.',
          ],
        },
      };
}

/** Buckets of pairs that the configuration does not have any more. */
async function surplusBuckets({ config, facts }: DoctorContext): Promise<string[]> {
  const known = config.pairs.flatMap(({ names }) => [names.sourceBucket.name, names.replicaBucket.name]);
  const surplus: string[] = [];
  for (const side of SIDES) {
    for (const bucket of (await facts.template(side)).ofType('AWS::S3::Bucket')) {
      const isPair = (await bucket.get('VersioningConfiguration')) !== undefined;
      if (isPair && bucket.name !== undefined && !known.includes(bucket.name)) {
        surplus.push(bucket.name);
      }
    }
  }
  return surplus;
}

/** Everything that checks compare, of resources that the configuration has. */
function propertiesOf({ config, facts }: DoctorContext): Property[] {
  const { names, pairs } = config;
  const { failureQueue, regions } = names.monitoring;
  const stacks = stacksOf(config);
  const all: Property[] = [
    ...SIDES.flatMap((side) => [
      ...(side === 'destination' && config.destination.keyArn !== undefined ? [] : keyProperties(names[side].keyAlias, side)),
      ...pairs.flatMap((pair) => bucketProperties(facts.buckets.name(side, pair).name, side, pair)),
    ]),
    ...queueProperties('source', failureQueue.name, (expected) => expected.failureQueue()),
    ...pairs.flatMap((pair) => pairProperties(config, pair)),
    ...(config.keyExchange === 'stack-output'
      ? [role('destination', names.exchange.readerRole.name, (expected) => expected.exchangeRole())]
      : []),
    ...ALARM_PLACES.flatMap((place): Property[] => {
      const { composite, topic } = regions[place];
      return [
        {
          stack: HEALTH_STACKS[place],
          name: composite.name,
          what: `alarm ${composite.name}`,
          of: async (expected) => {
            const { watched, told } = await expected.health(place);
            return `${sorted(watched)} ${sorted(told)}`;
          },
        },
        {
          stack: ALARM_STACKS[place],
          name: topic.name,
          what: `subscriptions of topic ${topic.name}`,
          of: async (expected) =>
            sorted((await expected.subscriptions(place)).map(({ protocol, endpoint }) => `${protocol} ${endpoint}`)),
        },
        ...pairs.map((pair): Property => {
          return {
            stack: ALARM_STACKS[place],
            name: topic.name,
            what: `alarms of pair ${pair.id} in topic ${topic.name}`,
            of: async (expected) => sorted((await expected.alarms(place, [pair])).map(alarmText)),
          };
        }),
      ];
    }),
  ];
  return all.filter(({ stack }) => stacks.includes(stack));
}

function keyProperties(alias: string, side: SideName): Property[] {
  const what = (property: string) => `${property} of key ${alias}`;
  return [
    { stack: side, name: alias, what: what('rotation'), of: async (expected) => String(await expected.rotationDays(side)) },
    { stack: side, name: alias, what: what('policy'), of: async (expected) => policyText(await expected.keyPolicy(side)) },
  ];
}

function bucketProperties(name: string, side: SideName, pair: DeployedPair): Property[] {
  if ((side === 'source' ? pair.sourceBucket : pair.replicaBucket) !== undefined) {
    return [];
  }
  const property = (what: string, of: Property['of']): Property => ({ stack: side, name, what: `${what} of bucket ${name}`, of });
  return [
    property('versioning', async (expected) => String(await expected.versioning(side, pair))),
    property('public access block', async (expected) => publicAccessText(await expected.publicAccess(side, pair))),
    property('object ownership', async (expected) => String(await expected.ownership(side, pair))),
    property('default encryption', async (expected) => {
      const { algorithm, key, bucketKey } = await expected.encryption(side, pair);
      return [algorithm, key, bucketKey].join(' ');
    }),
    property('Object Lock', async (expected) => lockText(await expected.objectLock(side, pair))),
    property('lifecycle rules', async (expected) => sorted((await expected.lifecycle(side, pair)).map(lifecycleText))),
    property('policy', async (expected) => policyText(await expected.bucketPolicy(side, pair))),
    ...(side === 'source'
      ? mergedProperties(name, name, pair)
      : [eventsOf(name, name, side, pair), inventoryIn(name, name, side, pair)]),
  ];
}

/** What a source bucket has of a pair, whoever owns it. @param name of a resource that the template has with it */
function mergedProperties(name: string, bucket: string, pair: DeployedPair): Property[] {
  return [
    eventsOf(name, bucket, 'source', pair),
    inventoryIn(name, bucket, 'source', pair),
    {
      stack: 'source',
      name,
      what: `replication rules of bucket ${bucket}`,
      of: async (expected) => {
        const { Role: roleArn, Rules: rules = [] } = await expected.replication(pair);
        return `${roleArn} ${rules.map(ruleText).join('; ')}`;
      },
    },
  ];
}

function inventoryIn(name: string, bucket: string, side: SideName, pair: DeployedPair): Property {
  return {
    stack: side,
    name,
    what: `inventory of bucket ${bucket}`,
    of: async (expected) => inventoryText(await expected.inventory(side, pair)),
  };
}

function eventsOf(name: string, bucket: string, side: SideName, pair: DeployedPair): Property {
  return {
    stack: side,
    name,
    what: `events of bucket ${bucket}`,
    of: async (expected) =>
      sorted((await expected.notifications(side, pair)).map(({ arn, event, suffix }) => `${event} ${suffix} ${arn}`)),
  };
}

function pairProperties(config: Deployment, pair: DeployedPair): Property[] {
  const { replicationRole, heartbeatQueue, ruleId } = pair.names;
  const { failureQueue } = config.names.monitoring;
  return [
    ...(pair.sourceBucket === undefined ? [] : mergedProperties(failureQueue.name, pair.names.sourceBucket.name, pair)),
    ...(pair.sourceBucket?.roleArn === undefined
      ? [role('source', replicationRole.name, (expected) => expected.replicationRole(pair))]
      : []),
    ...(heartbeatMinutes(config, [pair]) !== undefined
      ? [
          ...queueProperties('destination', heartbeatQueue.name, (expected) => expected.heartbeatQueue(pair)),
          {
            stack: 'heartbeat' as const,
            name: ruleId,
            what: `schedule ${ruleId}`,
            of: async (expected: Expected) => scheduleText(await expected.schedule(pair)),
          },
        ]
      : []),
  ];
}

function queueProperties(stack: StackKind, name: string, of: (expected: Expected) => Promise<ExpectedQueue>): Property[] {
  return [
    {
      stack,
      name,
      what: `queue ${name}`,
      of: async (expected) => {
        const { encryption, retention, policy } = await of(expected);
        return `${encryption} ${retention} ${policyText(policy)}`;
      },
    },
  ];
}

function role(stack: StackKind, name: string, of: (expected: Expected) => Promise<ExpectedRole>): Property {
  return {
    stack,
    name,
    what: `role ${name}`,
    of: async (expected) => {
      const { trust, inline, attached, boundary } = await of(expected);
      const policies = Object.entries(inline).map(([policy, statements]) => `${policy} ${policyText(statements)}`);
      return [policyText(trust), sorted(policies), sorted(attached), boundary].join(' ');
    },
  };
}

function ruleText(rule: ReplicationRule): string {
  const key = rule.Destination?.EncryptionConfiguration?.ReplicaKmsKeyID;
  return [rule.ID, ...RULE_PARTS.map(({ of }) => of(rule)), key].join(', ');
}

function policyText(statements: readonly LiveStatement[]): string {
  return sorted(
    statements.map((statement) => sorted(Object.entries(normalStatement(statement)).map(([key, value]) => `${key} ${value}`))),
  );
}

function sorted(texts: readonly string[]): string {
  return texts.toSorted().join('; ');
}
