import type { DeployedPair } from '../../lib/model/deployment';
import { PLAIN_HTTP } from './actions';
import { actorsOf, each, THIRD_ACCOUNT } from './actors';
import type { AllowedRequest } from './allowed';
import type { Principal, Request } from './decide';
import type { World } from './world';

/*
 * The witness: S3 and EventBridge fill one queue for each pair, and nobody else fills, reads or empties it. Without it there are no such queues.
 */

const S3: Principal = { kind: 'service', name: 's3.amazonaws.com' };
const EVENTS: Principal = { kind: 'service', name: 'events.amazonaws.com' };
const S3_PAGE = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html';
const EVENTS_PAGE = 'https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html';

const pairsOf = ({ config }: World): readonly DeployedPair[] => (config.witness ? config.pairs : []);

function witnessOf({ config, partition }: World, pair: DeployedPair) {
  const { account: owner, region } = config.destination;
  const { replicaBucket, witnessQueue } = pair.names;
  return {
    owner,
    queue: witnessQueue.arn,
    bucket: { 'aws:SourceArn': replicaBucket.arn, 'aws:SourceAccount': owner },
    rule: { 'aws:SourceArn': `arn:${partition}:events:${region}:${owner}:rule/${witnessQueue.name}` },
  };
}

export function allowedWitness(world: World): AllowedRequest[] {
  return pairsOf(world).flatMap((pair) => {
    const { bucket, owner, queue, rule } = witnessOf(world, pair);
    const send = { action: 'sqs:SendMessage', resource: queue, owner };
    return [
      { ...send, name: 'S3 tells of a replica that was deleted', principal: S3, context: bucket, page: S3_PAGE },
      { ...send, name: 'EventBridge tells of a change', principal: EVENTS, context: rule, page: EVENTS_PAGE },
      ...each(['sqs:ReceiveMessage', 'sqs:DeleteMessage'], {
        name: 'an administrator of the backup account reads what the witness has',
        principal: actorsOf(world).destinationAdministrator,
        resource: queue,
        owner,
      }).map((request) => ({ ...request, page: S3_PAGE })),
    ];
  });
}

export function deniedWitness(world: World): Request[] {
  const { administrator, destinationAdministrator, sourceAdministrator } = actorsOf(world);
  return pairsOf(world).flatMap((pair): Request[] => {
    const { bucket, owner, queue, rule } = witnessOf(world, pair);
    const send = { action: 'sqs:SendMessage', resource: queue, owner };
    const from = (principal: Principal, context: Record<string, string> | undefined): Request => ({
      ...send,
      name: 'a service sends to the witness for something else',
      principal,
      ...(context && { context }),
    });
    const others = pairsOf(world).filter((other) => other !== pair);
    const outsiders: Principal[] = [
      sourceAdministrator,
      administrator(THIRD_ACCOUNT),
      { kind: 'role', arn: pair.names.replicationRole.arn },
      { kind: 'anonymous' },
    ];
    return [
      from(S3, undefined),
      from(S3, { ...bucket, 'aws:SourceAccount': THIRD_ACCOUNT }),
      from(S3, { ...bucket, 'aws:SourceArn': `${bucket['aws:SourceArn']}x` }),
      from(S3, { 'aws:SourceArn': bucket['aws:SourceArn'] }),
      from(S3, { 'aws:SourceAccount': owner }),
      from(S3, rule),
      from(EVENTS, undefined),
      from(EVENTS, { 'aws:SourceArn': `${rule['aws:SourceArn']}x` }),
      from(EVENTS, { 'aws:SourceArn': rule['aws:SourceArn'].replace(owner, THIRD_ACCOUNT) }),
      from(EVENTS, bucket),
      ...others.flatMap((other) => [from(S3, witnessOf(world, other).bucket), from(EVENTS, witnessOf(world, other).rule)]),
      ...['sns', 'lambda', 'scheduler'].flatMap((name) => [
        from({ kind: 'service', name: `${name}.amazonaws.com` }, bucket),
        from({ kind: 'service', name: `${name}.amazonaws.com` }, rule),
      ]),
      ...[S3, EVENTS].flatMap((principal) =>
        each(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:PurgeQueue', 'sqs:SetQueueAttributes'], {
          name: 'a service does more with the witness than send',
          principal,
          resource: queue,
          owner,
          context: principal === S3 ? bucket : rule,
        }),
      ),
      ...outsiders.flatMap((principal) =>
        each(['sqs:SendMessage', 'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:PurgeQueue'], {
          name: 'somebody outside the backup account on the witness',
          principal,
          resource: queue,
          owner,
        }),
      ),
      ...each(['sqs:SendMessage', 'sqs:ReceiveMessage'], {
        name: 'plain HTTP',
        principal: destinationAdministrator,
        resource: queue,
        owner,
        context: PLAIN_HTTP,
      }),
    ];
  });
}
