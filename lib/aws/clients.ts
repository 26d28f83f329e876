import type { AccountClient } from '@aws-sdk/client-account';
import type { AthenaClient } from '@aws-sdk/client-athena';
import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { KMSClient } from '@aws-sdk/client-kms';
import type { S3Client } from '@aws-sdk/client-s3';
import type { S3ControlClient } from '@aws-sdk/client-s3-control';
import type { SchedulerClient } from '@aws-sdk/client-scheduler';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { type AccountName, accountNamed } from '../config/replication-config';
import { UsageError } from '../errors/errors';
import { verifierOf } from '../model/delivery';
import type { Deployment } from '../model/deployment';
import type { CredentialProvider } from './credentials';
import { RequestHandler, TIMEOUTS, type Timeouts } from './request-handler';

/** The client of each service that commands use. */
export interface ServiceClients {
  readonly account: AccountClient;
  readonly athena: AthenaClient;
  readonly cloudFormation: CloudFormationClient;
  readonly cloudWatch: CloudWatchClient;
  readonly iam: IAMClient;
  readonly kms: KMSClient;
  readonly s3: S3Client;
  readonly s3Control: S3ControlClient;
  readonly scheduler: SchedulerClient;
  readonly sns: SNSClient;
  readonly sqs: SQSClient;
  readonly ssm: SSMClient;
}

/**
 * AWS clients, each with its account's own credentials, which are checked first.
 *
 * Every function throws UnreachableError when the side's credentials cannot be used or belong to another account. The region is
 * the side's own unless another one is given.
 */
export type Clients = {
  readonly [Service in keyof ServiceClients]: (side: AccountName, region?: string) => Promise<ServiceClients[Service]>;
};

/** How clients come by their credentials. */
export interface ClientOptions {
  /**
   * Each side's verification role, assumed with the credentials of the environment where a pipeline verifies, and with the account's profile where
   * GitHub Actions does. @default - each account's profile
   */
  readonly verificationRoles?: boolean;
  /** Aborted when the person interrupts: it ends every request. @default - nobody interrupts */
  readonly signal?: AbortSignal;
  /** How long requests wait, in milliseconds. @default TIMEOUTS */
  readonly timeouts?: Timeouts;
  /** Credentials that somebody has verified already. @default - those of the profiles or roles, verified here */
  readonly credentials?: (side: AccountName) => Promise<CredentialProvider>;
}

interface Settings {
  readonly region: string;
  readonly credentials: CredentialProvider;
  readonly requestHandler: RequestHandler;
}

type Loaders = { readonly [Service in keyof ServiceClients]: () => new (settings: Settings) => ServiceClients[Service] };

/** Each package of the SDK takes its time to load, so only what is asked for is loaded. */
const LOADERS: Loaders = {
  account: () => (require('@aws-sdk/client-account') as typeof import('@aws-sdk/client-account')).AccountClient,
  athena: () => (require('@aws-sdk/client-athena') as typeof import('@aws-sdk/client-athena')).AthenaClient,
  cloudFormation: () =>
    (require('@aws-sdk/client-cloudformation') as typeof import('@aws-sdk/client-cloudformation')).CloudFormationClient,
  cloudWatch: () => (require('@aws-sdk/client-cloudwatch') as typeof import('@aws-sdk/client-cloudwatch')).CloudWatchClient,
  iam: () => (require('@aws-sdk/client-iam') as typeof import('@aws-sdk/client-iam')).IAMClient,
  kms: () => (require('@aws-sdk/client-kms') as typeof import('@aws-sdk/client-kms')).KMSClient,
  s3: () => (require('@aws-sdk/client-s3') as typeof import('@aws-sdk/client-s3')).S3Client,
  s3Control: () => (require('@aws-sdk/client-s3-control') as typeof import('@aws-sdk/client-s3-control')).S3ControlClient,
  scheduler: () => (require('@aws-sdk/client-scheduler') as typeof import('@aws-sdk/client-scheduler')).SchedulerClient,
  sns: () => (require('@aws-sdk/client-sns') as typeof import('@aws-sdk/client-sns')).SNSClient,
  sqs: () => (require('@aws-sdk/client-sqs') as typeof import('@aws-sdk/client-sqs')).SQSClient,
  ssm: () => (require('@aws-sdk/client-ssm') as typeof import('@aws-sdk/client-ssm')).SSMClient,
};

/**
 * Clients of the AWS SDK, each made once, so that many questions to a service share its connections.
 *
 * @throws UsageError when verification roles are asked for, and neither a pipeline nor GitHub Actions is configured
 */
export function sdkClients(
  config: Deployment,
  {
    verificationRoles = false,
    signal = new AbortController().signal,
    timeouts = TIMEOUTS,
    credentials: given,
  }: ClientOptions = {},
): Clients {
  if (verificationRoles && verifierOf(config, 'source') === undefined) {
    throw new UsageError(
      'NoVerifier',
      '--verification-roles needs roles that exist only with "pipeline" or "delivery", and the configuration has neither',
      'leave the option out, or configure one of the two and deploy both sides',
    );
  }
  const credentials = new Map<AccountName, Promise<CredentialProvider>>();
  const ask = given ?? ((side: AccountName) => verify(config, side, { verificationRoles, signal, timeouts }));
  const verified = (side: AccountName) => {
    const asked = credentials.get(side) ?? ask(side);
    credentials.set(side, asked);
    return asked;
  };
  const make = async <Service extends keyof ServiceClients>(service: Service, side: AccountName, region: string) => {
    const settings = { region, credentials: await verified(side), requestHandler: new RequestHandler(signal, timeouts) };
    return new (LOADERS[service]())(settings);
  };
  const client = <Service extends keyof ServiceClients>(service: Service) => {
    const made = new Map<string, Promise<ServiceClients[Service]>>();
    return (side: AccountName, region = accountNamed(config, side).region): Promise<ServiceClients[Service]> => {
      const known = made.get(`${side} ${region}`) ?? make(service, side, region);
      made.set(`${side} ${region}`, known);
      return known;
    };
  };
  return {
    account: client('account'),
    athena: client('athena'),
    cloudFormation: client('cloudFormation'),
    cloudWatch: client('cloudWatch'),
    iam: client('iam'),
    kms: client('kms'),
    s3: client('s3'),
    s3Control: client('s3Control'),
    scheduler: client('scheduler'),
    sns: client('sns'),
    sqs: client('sqs'),
    ssm: client('ssm'),
  };
}

async function verify(
  config: Deployment,
  side: AccountName,
  { verificationRoles, signal, timeouts }: Required<Omit<ClientOptions, 'credentials'>>,
): Promise<CredentialProvider> {
  const { verifiedCredentials } = require('./credentials') as typeof import('./credentials');
  const { profile, ...account } = accountNamed(config, side);
  // The tooling account is the build's own.
  const role = side === 'pipeline' || !verificationRoles ? {} : { roleArn: config.names[side].verificationRole.arn };
  // A build of the pipeline has no profiles.
  const own = verificationRoles && config.pipeline !== undefined ? {} : { profile };
  const source = { ...account, ...role, ...own };
  const [provider] = (await verifiedCredentials([{ ...source, side }], { signal, timeouts })).values();
  if (provider === undefined) {
    throw new TypeError(`no credentials were verified for the ${side}`);
  }
  return provider;
}
