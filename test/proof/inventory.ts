import { SIDES } from '../../lib/config/replication-config';
import { inventoriedPairs, inventoryBucket, REPORT_FOLDERS } from '../../lib/model/inventory';
import { actorsOf, each, THIRD_ACCOUNT } from './actors';
import type { AllowedRequest } from './allowed';
import type { Principal, Request } from './decide';
import type { World } from './world';

/*
 * What S3 does as a service for an inventory: it writes reports about the buckets of one group into the bucket that takes them, and encrypts them. And
 * what the function for source buckets of others does for one. Without an inventory there are no such requests, but for those that are denied.
 */

const S3_GUIDE = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide';
const REPORTS_PAGE = `${S3_GUIDE}/example-bucket-policies.html`;
const KEY_PAGE = `${S3_GUIDE}/configure-inventory.html`;
const S3_PAGE = `${S3_GUIDE}/using-with-s3-policy-actions.html`;

const CONFIGURE = ['s3:GetInventoryConfiguration', 's3:PutInventoryConfiguration'];
const S3: Principal = { kind: 'service', name: 's3.amazonaws.com' };
const OTHER_SERVICES = ['logging.s3', 'events', 'lambda', 'ec2'].map(
  (name): Principal => ({ kind: 'service', name: `${name}.amazonaws.com` }),
);
const OWNERS_ACL = { 's3:x-amz-acl': 'bucket-owner-full-control' };

/** Why the policies of buckets and keys grant something to S3 as a service, by statement, with AWS's word for it. */
export const INVENTORY_STATEMENTS: Readonly<Record<string, { readonly why: string; readonly page: string }>> = {
  WriteReports: { why: 'S3 writes inventory reports about the buckets of this group', page: REPORTS_PAGE },
  EncryptReports: { why: 'S3 encrypts those reports', page: KEY_PAGE },
};

/** Each side with an inventory. */
function sidesOf({ config, sourceKey, replicaKey }: World) {
  const pairs = inventoriedPairs(config);
  return pairs.length === 0
    ? []
    : SIDES.map((side) => ({
        owner: config[side].account,
        key: side === 'source' ? sourceKey : replicaKey,
        bucket: inventoryBucket(config, side).arn,
        folder: REPORT_FOLDERS[side],
        otherFolder: REPORT_FOLDERS[side === 'source' ? 'destination' : 'source'],
        about: pairs.map(({ names }) => (side === 'source' ? names.sourceBucket : names.replicaBucket).arn),
      }));
}

const onBehalfOf = (arn: string, account: string) => ({ 'aws:SourceArn': arn, 'aws:SourceAccount': account });

/** What S3 does about the buckets of the group, and the function for a bucket of somebody else. */
export function allowedInventory(world: World): AllowedRequest[] {
  const { config, merger } = world;
  const ofOthers = inventoriedPairs(config).filter(({ sourceBucket }) => sourceBucket !== undefined);
  return [
    ...sidesOf(world).flatMap(({ owner, key, bucket, folder, about }) =>
      about.flatMap((arn) => [
        {
          name: 'S3 writes a report',
          principal: S3,
          action: 's3:PutObject',
          resource: `${bucket}/${folder}/a/manifest.json`,
          owner,
          context: { ...onBehalfOf(arn, owner), ...OWNERS_ACL },
          page: REPORTS_PAGE,
        },
        {
          name: 'S3 encrypts a report',
          principal: S3,
          action: 'kms:GenerateDataKey',
          resource: key,
          owner,
          context: onBehalfOf(arn, owner),
          page: KEY_PAGE,
        },
      ]),
    ),
    ...ofOthers.flatMap(({ names }) =>
      each(CONFIGURE, {
        name: 'the function writes an inventory',
        principal: { kind: 'role', arn: merger?.role ?? '' },
        resource: names.sourceBucket.arn,
        owner: config.source.account,
      }).map((request) => ({ ...request, page: S3_PAGE, grantedBy: 'ConfigureInventory' })),
    ),
  ];
}

/** What S3 must not be had to write, and who else must not write reports or the inventory that makes them. */
export function deniedInventory(world: World): Request[] {
  return [...reportsOfOthers(world), ...replicatedReports(world), ...functionElsewhere(world)];
}

/** S3 for buckets of others, in other places and with other rights, and others than S3. */
function reportsOfOthers(world: World): Request[] {
  const { administrator, bucket: named } = actorsOf(world);
  const { source, destination } = world.config;
  return sidesOf(world).flatMap(({ owner, key, bucket, folder, otherFolder, about }) => {
    const [first = ''] = about;
    const resource = `${bucket}/${folder}/a/manifest.json`;
    const right = { ...onBehalfOf(first, owner), ...OWNERS_ACL };
    const write = { action: 's3:PutObject', resource, owner };
    const encrypt = { action: 'kms:GenerateDataKey', resource: key, owner };
    const wrong: [string, Record<string, string>][] = [
      ['a bucket of that name in another account', onBehalfOf(first, THIRD_ACCOUNT)],
      ['another bucket of the account', onBehalfOf(named('another-bucket'), owner)],
      ['a bucket whose name continues', onBehalfOf(`${first}x`, owner)],
      ['a bucket of no account', { 'aws:SourceArn': first }],
      ['an account without a bucket', { 'aws:SourceAccount': owner }],
      ['nobody', {}],
    ];
    const others: [string, Principal][] = [
      ...OTHER_SERVICES.map((service): [string, Principal] => ['another service', service]),
      ['an administrator of the other account', administrator(owner === source.account ? destination.account : source.account)],
      ['an administrator of a third account', administrator(THIRD_ACCOUNT)],
      ['anonymous', { kind: 'anonymous' }],
    ];
    return [
      ...wrong.flatMap(([whom, context]): Request[] => [
        { ...write, name: `S3 writes a report for ${whom}`, principal: S3, context: { ...context, ...OWNERS_ACL } },
        { ...encrypt, name: `S3 encrypts for ${whom}`, principal: S3, context },
      ]),
      { ...write, name: 'S3 writes a report that its owner cannot read', principal: S3, context: onBehalfOf(first, owner) },
      {
        ...write,
        name: 'S3 writes a report that everybody can read',
        principal: S3,
        context: { ...right, 's3:x-amz-acl': 'public-read' },
      },
      ...[`${bucket}/${otherFolder}/a/manifest.json`, `${bucket}/manifest.json`, `${bucket}/${folder}x/a`].map(
        (place): Request => ({
          ...write,
          resource: place,
          name: 'S3 writes elsewhere in the bucket',
          principal: S3,
          context: right,
        }),
      ),
      ...each(['s3:GetObject', 's3:DeleteObject', 's3:PutObjectRetention', 's3:PutObjectTagging'], {
        name: 'S3 does more with a report than write it',
        principal: S3,
        resource,
        owner,
        context: onBehalfOf(first, owner),
      }),
      // With the list that a report is written with.
      ...each(['s3:PutObjectAcl', 's3:PutObjectVersionAcl'], {
        name: 'S3 does more with a report than write it',
        principal: S3,
        resource,
        owner,
        context: right,
      }),
      ...each(['kms:Decrypt', 'kms:Encrypt', 'kms:CreateGrant'], {
        name: 'S3 does more with the key than encrypt reports',
        principal: S3,
        resource: key,
        owner,
        context: onBehalfOf(first, owner),
      }),
      {
        ...write,
        name: 'S3 writes a report over plain HTTP',
        principal: S3,
        context: { ...right, 'aws:SecureTransport': 'false' },
      },
      ...others.flatMap(([who, principal]): Request[] => [
        { ...write, name: `${who} writes a report`, principal, context: right },
        { ...encrypt, name: `${who} encrypts as if for a report`, principal, context: onBehalfOf(first, owner) },
      ]),
    ];
  });
}

/** The source account must not replace what S3 reports about replicas: its role writes into its own folder alone. */
function replicatedReports(world: World): Request[] {
  const { config } = world;
  const { replicationRole } = actorsOf(world);
  return config.pairs
    .filter(({ reportDays }) => reportDays !== undefined)
    .flatMap(({ names }) =>
      [`${REPORT_FOLDERS.destination}/a/manifest.json`, 'manifest.json', `${REPORT_FOLDERS.source}x/a`].flatMap((key) =>
        each(['s3:ReplicateObject', 's3:ReplicateDelete', 's3:ReplicateTags'], {
          name: 'the replication role of reports writes outside its folder',
          principal: replicationRole(names),
          resource: `${names.replicaBucket.arn}/${key}`,
          owner: config.destination.account,
          deniedByEachHalf: true,
        }),
      ),
    );
}

/** The function writes inventories into buckets of pairs that have one, and into no others. */
function functionElsewhere(world: World): Request[] {
  const { config, merger } = world;
  const { bucket } = actorsOf(world);
  if (merger === undefined) {
    return [];
  }
  const owner = config.source.account;
  const inventoried = inventoriedPairs(config).filter(({ sourceBucket }) => sourceBucket !== undefined);
  const others = config.pairs.filter((pair) => !inventoried.includes(pair));
  const arns = [
    bucket('another-bucket'),
    ...inventoried.map(({ names }) => `${names.sourceBucket.arn}x`),
    ...others.map(({ names }) => names.sourceBucket.arn),
  ];
  const principal: Principal = { kind: 'role', arn: merger.role };
  return [
    ...arns.flatMap((resource) =>
      each(CONFIGURE, { name: 'the function writes an inventory into another bucket', principal, resource, owner }),
    ),
    ...inventoried.flatMap(({ names }) =>
      each(['s3:PutAnalyticsConfiguration', 's3:PutMetricsConfiguration'], {
        name: 'the function does more with a bucket than its inventory',
        principal,
        resource: names.sourceBucket.arn,
        owner,
      }),
    ),
  ];
}
