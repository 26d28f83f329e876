import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import {
  GetBucketEncryptionCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketReplicationCommand,
  GetBucketRequestPaymentCommand,
  GetBucketVersioningCommand,
  GetObjectLockConfigurationCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import type { ProjectContext } from '../../../lib/cli/command';
import { parseCommandLine } from '../../../lib/cli/parse';
import { cdkContext } from '../../../lib/config/named';
import { AbortError } from '../../../lib/errors/errors';
import { choosePairs } from '../../../lib/ops/init/choose';
import { INIT } from '../../../lib/ops/init/command';
import { init } from '../../../lib/ops/init/init';
import { readInitOptions } from '../../../lib/ops/init/options';
import { validConfig } from '../../helpers/config';
import { temporaryFolder } from '../../helpers/folder';
import { testClients } from '../../helpers/ops';
import { projectContext } from '../../helpers/project';
import { AwsHome, awsEnvironment, staticProfile } from '../../helpers/sts';

export const ACCOUNTS = { prod: '111111111111', backup: '222222222222', third: '333333333333' };
export const AWS_MANAGED_KEY = 'arn:aws:kms:eu-west-1:111111111111:key/aws-s3';

/** A bucket of the source account; what is left out is not set. */
export interface FakeBucket {
  /** @default 'eu-west-1' */
  readonly region?: string;
  /** @default 'Enabled' */
  readonly versioning?: 'Enabled' | 'Suspended' | undefined;
  readonly encryption?: { readonly SSEAlgorithm: 'AES256' | 'aws:kms' | 'aws:kms:dsse'; readonly KMSMasterKeyID?: string };
  readonly rules?: readonly { readonly ID?: string; readonly destination: string }[];
  /** @default 'BucketOwnerEnforced' */
  readonly ownership?: 'BucketOwnerPreferred' | 'ObjectWriter' | 'none';
  /** @default 'BucketOwner' */
  readonly payer?: 'Requester';
  /** Days of the default retention. */
  readonly lockedFor?: number;
  readonly objects?: number;
  /** Bytes by storage type. */
  readonly bytes?: Readonly<Record<string, number>>;
  /** Names of operations that are denied. */
  readonly denied?: readonly string[];
}

export const ROLE = 'arn:aws:iam::111111111111:role/replication';

const [s3, kms, cloudWatch, sts] = [
  mockClient(S3Client),
  mockClient(KMSClient),
  mockClient(CloudWatchClient),
  mockClient(STSClient),
];

/** Two profiles, the buckets of the source account, a folder with a cdk.json, and somebody who answers questions. */
export class InitWorld {
  readonly directory = temporaryFolder('s3-replication-init-');
  readonly buckets = new Map<string, FakeBucket>();
  /** Operations that were sent, by service. */
  readonly sent: string[] = [];
  readonly told: string[] = [];
  readonly questions: string[] = [];
  /** What the person answers, in order; undefined where there is no terminal. */
  answers: string[] | undefined;
  declines = false;
  /** Denies the list of buckets. */
  listDenied = false;
  private readonly inherited = process.env;
  private readonly home = new AwsHome(
    Object.entries(ACCOUNTS)
      .map(([name, account]) => `${staticProfile(name, account)}${name === 'prod' ? 'region = eu-west-1\n' : ''}`)
      .join(''),
  );

  constructor() {
    process.env = awsEnvironment(this.home.environment);
    mkdirSync(join(this.directory, 'sub'));
    this.writeCdkJson({ replication: { source: { account: '111111111111' }, destination: { account: '222222222222' } } });
    [s3, kms, cloudWatch, sts].forEach((mock) => mock.reset());
    sts.on(GetCallerIdentityCommand).callsFake(async (_, getClient: () => STSClient) => ({
      Account: (await getClient().config.credentials()).accessKeyId,
    }));
    s3.onAnyCommand().callsFake(() => {
      throw new Error('nothing is written to S3');
    });
    this.on(ListBucketsCommand, undefined, ({ BucketRegion: region }) => {
      if (this.listDenied) {
        throw fault('AccessDenied', 403);
      }
      const all = [...this.buckets].map(([Name, bucket]) => ({ Name, BucketRegion: regionOf(bucket) }));
      return { Buckets: all.filter(({ BucketRegion }) => BucketRegion === region) };
    });
    this.on(HeadBucketCommand, 'HeadBucket', (_, bucket) => ({ BucketRegion: regionOf(bucket) }));
    this.on(GetBucketVersioningCommand, 'GetBucketVersioning', (_, bucket) => ({
      Status: 'versioning' in bucket ? bucket.versioning : 'Enabled',
    }));
    this.on(GetBucketEncryptionCommand, 'GetBucketEncryption', (_, { encryption = { SSEAlgorithm: 'AES256' } }) => ({
      ServerSideEncryptionConfiguration: { Rules: [{ ApplyServerSideEncryptionByDefault: encryption }] },
    }));
    this.on(GetBucketReplicationCommand, 'GetBucketReplication', (_, { rules }) => {
      if (rules === undefined) {
        throw fault('ReplicationConfigurationNotFoundError', 404);
      }
      const Rules = rules.map(({ ID, destination }) => ({
        ID,
        Status: 'Enabled',
        Destination: { Bucket: `arn:aws:s3:::${destination}` },
      }));
      return { ReplicationConfiguration: { Role: ROLE, Rules } };
    });
    this.on(GetBucketOwnershipControlsCommand, 'GetBucketOwnershipControls', (_, { ownership = 'BucketOwnerEnforced' }) => {
      if (ownership === 'none') {
        throw fault('OwnershipControlsNotFoundError', 404);
      }
      return { OwnershipControls: { Rules: [{ ObjectOwnership: ownership }] } };
    });
    this.on(GetBucketRequestPaymentCommand, 'GetBucketRequestPayment', (_, { payer = 'BucketOwner' }) => ({ Payer: payer }));
    this.on(GetObjectLockConfigurationCommand, 'GetObjectLockConfiguration', (_, { lockedFor }) => {
      if (lockedFor === undefined) {
        throw fault('ObjectLockConfigurationNotFoundError', 404);
      }
      const Rule = lockedFor === 0 ? undefined : { DefaultRetention: { Mode: 'COMPLIANCE', Days: lockedFor } };
      return { ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled', Rule } };
    });
    kms.on(DescribeKeyCommand).callsFake(({ KeyId: id }: { KeyId: string }) => {
      this.sent.push('kms DescribeKey');
      return {
        KeyMetadata: {
          Arn: id === 'alias/aws/s3' ? AWS_MANAGED_KEY : `arn:aws:kms:eu-west-1:111111111111:key/of-${id.replaceAll('/', '-')}`,
        },
      };
    });
    cloudWatch.on(GetMetricDataCommand).callsFake(({ MetricDataQueries: queries }: { MetricDataQueries: readonly Query[] }) => {
      this.sent.push('cloudwatch GetMetricData');
      return { MetricDataResults: queries.map((query) => ({ Id: query.Id, Values: this.valuesOf(query) })) };
    });
  }

  /** Runs `init` with a command line. */
  run(argv: readonly string[], others: Partial<ProjectContext> = {}) {
    const { context, own } = this.prepared(argv, others);
    return init(context, own);
  }

  /** What a command line with both Regions makes of buckets, without writing it. */
  async pairs(argv: readonly string[]) {
    const { context, own } = this.prepared([...argv, '--yes'], {});
    const config = { source: { account: '111111111111', region: 'eu-west-1' }, destination: { region: 'eu-central-1' } };
    return choosePairs(context, readInitOptions(context, own), validConfig(config));
  }

  private prepared(argv: readonly string[], others: Partial<ProjectContext>) {
    const { common, own } = parseCommandLine(argv, INIT);
    const ask = async (question: string) => {
      this.questions.push(question);
      return this.answers?.shift() ?? '';
    };
    const context = projectContext(
      this.directory,
      {},
      {
        named: common.named,
        yes: common.yes,
        clients: testClients,
        terminal: {
          tell: (line) => this.told.push(line),
          clear: '',
          columns: Number.POSITIVE_INFINITY,
          progress: () => {},
          confirm: async (question) => {
            this.questions.push(question);
            if (this.declines) {
              throw new AbortError('Declined', 'Nothing was changed.');
            }
          },
          ...(this.answers !== undefined && { ask }),
        },
        ...others,
      },
    );
    return { context: { ...context, cdkContext: cdkContext(common.named, context.calledIn, this.directory) }, own };
  }

  read(file: string): Record<string, unknown> {
    return JSON.parse(readFileSync(join(this.directory, file), 'utf8')) as Record<string, unknown>;
  }

  writeCdkJson(context: object): void {
    writeFileSync(join(this.directory, 'cdk.json'), JSON.stringify({ app: 'node app.js', context }, null, 2));
  }

  close(): void {
    process.env = this.inherited;
    this.home.remove();
    rmSync(this.directory, { recursive: true });
  }

  private on(
    // Every command of S3 has a type of its own.
    command: new (input: never) => object,
    operation: string | undefined,
    answer: (input: { BucketRegion?: string }, bucket: FakeBucket) => object,
  ): void {
    s3.on(command as unknown as typeof HeadBucketCommand).callsFake(
      (input: { Bucket?: string; ExpectedBucketOwner?: string }) => {
        this.sent.push(`s3 ${command.name.replace(/Command$/, '')}`);
        const bucket = this.buckets.get(input.Bucket ?? '');
        if (operation !== undefined && bucket === undefined) {
          throw fault('NotFound', 404);
        }
        if (operation !== undefined && bucket?.denied?.includes(operation)) {
          throw fault('AccessDenied', 403);
        }
        return answer(input as { BucketRegion?: string }, bucket ?? {});
      },
    );
  }

  private valuesOf({ MetricStat: { Metric } }: Query): number[] {
    const of = (name: string) => Metric.Dimensions.find(({ Name }) => Name === name)?.Value ?? '';
    const { objects, bytes = {} } = this.buckets.get(of('BucketName')) ?? {};
    const value = Metric.MetricName === 'NumberOfObjects' ? objects : bytes[of('StorageType')];
    return value === undefined ? [] : [value];
  }
}

interface Query {
  readonly Id: string;
  readonly MetricStat: {
    readonly Metric: {
      readonly MetricName: string;
      readonly Dimensions: readonly { readonly Name: string; readonly Value: string }[];
    };
  };
}

function regionOf({ region = 'eu-west-1' }: FakeBucket): string {
  return region;
}

function fault(name: string, httpStatusCode: number): Error {
  return Object.assign(new Error(`${name} by the fake`), { name, $metadata: { httpStatusCode } });
}
