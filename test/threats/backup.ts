import { always, LOCKED, on, parts, S3_PAGES, type Threat, UNTIL_LOCKDOWN, UNTIL_SCP } from './threat';

/** What a stolen administrator of the backup account does. */
export const BACKUP: readonly Threat[] = [
  {
    deed: 'reads replicas',
    requests: (world) => {
      const { destinationAdministrator, replica, destination } = parts(world);
      return on(['s3:GetObjectVersion'], destinationAdministrator, replica, destination.owner);
    },
    expected: always('possible'),
    aftermath: 'CloudTrail shows it where data events are recorded',
  },
  {
    deed: 'deletes versions of replicas',
    requests: (world) => {
      const { destinationAdministrator, replica, destination } = parts(world);
      return on(['s3:DeleteObjectVersion'], destinationAdministrator, replica, destination.owner);
    },
    expected: UNTIL_LOCKDOWN,
    unproven: LOCKED,
    aftermath: '`audit` lists them as missing',
  },
  {
    deed: 'has S3 delete them: a lifecycle rule, suspended versioning',
    requests: (world) => {
      const { destinationAdministrator, pair, destination } = parts(world);
      return on(
        ['s3:PutLifecycleConfiguration', 's3:PutBucketVersioning'],
        destinationAdministrator,
        pair.replicaBucket.arn,
        destination.owner,
      );
    },
    expected: UNTIL_LOCKDOWN,
    unproven: {
      objectLock: {
        answer: 'refused until the retention of a version is over',
        page: `${S3_PAGES}/object-lock-managing.html`,
      },
    },
    aftermath: '`doctor` names the change',
  },
  {
    deed: 'deletes or disables the replica key, or lets others use it',
    requests: (world) => {
      const { destinationAdministrator, destination } = parts(world);
      return on(
        ['kms:ScheduleKeyDeletion', 'kms:DisableKey', 'kms:CreateGrant', 'kms:PutKeyPolicy'],
        destinationAdministrator,
        world.replicaKey,
        destination.owner,
      );
    },
    expected: UNTIL_LOCKDOWN,
    aftermath:
      'a locked version without its key is [bytes that nobody can read](https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html). The deletion waits 7 to 30 days, as who schedules it says: [be told](#be-told)',
  },
  {
    deed: 'gives versions another key, to delete that one',
    requests: (world) => {
      const { destinationAdministrator, replica, destination } = parts(world);
      return on(['s3:UpdateObjectEncryption'], destinationAdministrator, replica, destination.owner);
    },
    expected: UNTIL_LOCKDOWN,
    aftermath: '`audit --deep` sees the key of each version that it looks at',
  },
  {
    deed: 'opens the bucket: its policy',
    requests: (world) => {
      const { destinationAdministrator, pair, destination } = parts(world);
      return on(
        ['s3:PutBucketPolicy', 's3:DeleteBucketPolicy'],
        destinationAdministrator,
        pair.replicaBucket.arn,
        destination.owner,
      );
    },
    expected: UNTIL_LOCKDOWN,
    aftermath: '`doctor` names the change; [be told](#be-told)',
  },
  {
    deed: 'as the root user of the account, takes the policy of the bucket away',
    requests: (world) => {
      const { administrator, pair, destination } = parts(world);
      return on(['s3:DeleteBucketPolicy'], administrator(destination.owner, 'root'), pair.replicaBucket.arn, destination.owner);
    },
    expected: UNTIL_LOCKDOWN,
    unproven: {
      lockdown: {
        answer: 'possible: a bucket policy cannot keep its own root user out',
        page: 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketPolicy.html',
      },
    },
    aftermath: 'root signs in: [be told](#be-told)',
  },
  {
    deed: 'with rights on IAM, lets oneself into a role that the lockdown exempts',
    requests: (world) => {
      const { destination } = parts(world);
      const { destinationAdministrator, iam } = parts(world);
      const exempt = world.config.lockdown?.breakGlassRoleArn ?? iam(destination.owner, 'role/BreakGlass');
      return on(['iam:UpdateAssumeRolePolicy'], destinationAdministrator, exempt, destination.owner);
    },
    expected: UNTIL_SCP,
    aftermath: 'everything above is possible then; [be told](#be-told)',
  },
  {
    deed: 'with rights on IAM, changes a managed policy or a boundary of such a role',
    requests: (world) => {
      const { destination, destinationAdministrator, iam } = parts(world);
      return on(
        ['iam:CreatePolicyVersion', 'iam:SetDefaultPolicyVersion'],
        destinationAdministrator,
        iam(destination.owner, 'policy/BreakGlassBoundary'),
        destination.owner,
      );
    },
    expected: UNTIL_SCP,
    aftermath: 'the role can do more than before, or less; [be told](#be-told)',
  },
  {
    deed: 'updates a stack: CloudFormation acts with its execution role',
    requests: (world) => {
      const { destinationAdministrator, destination, names, stack } = parts(world);
      const resource = stack(destination.region, destination.owner, names.destination.stackName);
      return on(['cloudformation:UpdateStack'], destinationAdministrator, resource, destination.owner);
    },
    expected: UNTIL_SCP,
    aftermath:
      'takes the lockdown off, and everything above is possible then; `doctor` and `npx --no -- s3-replication plan` show the difference',
  },
  {
    deed: 'closes the account, or takes it out of the organization',
    requests: (world) => {
      const { destinationAdministrator, destination, ownAccount } = parts(world);
      return [
        ...on(['account:CloseAccount'], destinationAdministrator, ownAccount(destination.owner), destination.owner),
        ...on(['organizations:LeaveOrganization'], destinationAdministrator, '*', destination.owner),
      ];
    },
    expected: UNTIL_SCP,
    aftermath:
      'AWS [keeps a closed account for 90 days](https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-closing.html), and deletes it then, locked versions too. The management account can close it whatever policies say',
  },
];
