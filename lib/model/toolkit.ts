import type { ReadContext } from '../config/locate';
import { ConfigError } from '../errors/errors';

/** The qualifier of a bootstrap that was given none. */
export const DEFAULT_QUALIFIER = 'hnb659fds';

/** Name of the stack that a bootstrap deploys when it is given none. */
export const DEFAULT_STACK_NAME = 'CDKToolkit';

const QUALIFIER_KEY = '@aws-cdk/core:bootstrapQualifier';

/**
 * The qualifier that the app's stacks are synthesised with.
 *
 * @throws ConfigError for one that the bootstrap template does not take
 * @see https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-customizing.html
 */
export function qualifierFrom(readContext: ReadContext): string {
  const qualifier = readContext(QUALIFIER_KEY) ?? DEFAULT_QUALIFIER;
  if (typeof qualifier !== 'string' || !/^[\w-]{1,10}$/.test(qualifier)) {
    const remedy = 'write up to 10 letters, digits, underscores and hyphens';
    throw new ConfigError('CDK context', [{ path: QUALIFIER_KEY, found: qualifier, remedy }]);
  }
  return qualifier;
}

const BOUNDARY_KEY = '@aws-cdk/core:permissionsBoundary';

/**
 * ARN of the permissions boundary that CDK context has the app set on every role, with placeholders such as `${AWS::AccountId}`.
 *
 * @returns undefined where context names none
 * @throws ConfigError for anything but the object that the CDK takes
 * @see https://docs.aws.amazon.com/cdk/v2/guide/customize-permissions-boundaries.html
 */
export function permissionsBoundaryFrom(readContext: ReadContext): string | undefined {
  const boundary = readContext(BOUNDARY_KEY);
  if (boundary === undefined) {
    return undefined;
  }
  const { name, arn } = (boundary ?? {}) as { readonly name?: unknown; readonly arn?: unknown };
  const policy = typeof name === 'string' ? `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:policy/${name}` : arn;
  if (typeof policy !== 'string') {
    const remedy = 'write {"name": "POLICY"} or {"arn": "ARN"}';
    throw new ConfigError('CDK context', [{ path: BOUNDARY_KEY, found: boundary, remedy }]);
  }
  return policy;
}

/** The boundary of the roles in one environment: as the CDK and CloudFormation fill its placeholders. */
export function boundaryIn(
  boundary: string,
  values: { readonly qualifier: string; readonly partition: string; readonly account: string; readonly region: string },
): string {
  return boundary
    .replaceAll('${Qualifier}', values.qualifier)
    .replaceAll('${AWS::Partition}', values.partition)
    .replaceAll('${AWS::AccountId}', values.account)
    .replaceAll('${AWS::Region}', values.region);
}

const COMPLIANCE_KEY = 'compliance';

/**
 * Whether CDK context asks for the rule packs. The command line gives a string where cdk.json has a boolean.
 *
 * @throws ConfigError for anything but true and false
 */
export function complianceFrom(readContext: ReadContext): boolean {
  const value = readContext(COMPLIANCE_KEY) ?? false;
  if (value !== true && value !== false && value !== 'true' && value !== 'false') {
    throw new ConfigError('CDK context', [{ path: COMPLIANCE_KEY, found: value, remedy: 'write true, or leave it out' }]);
  }
  return value === true || value === 'true';
}

/** What a bootstrap names its own resources in an environment. */
export function toolkitNames(qualifier: string, { account, region }: { readonly account: string; readonly region: string }) {
  return {
    /** SSM parameter that holds the version of the bootstrap. */
    versionParameter: `/cdk-bootstrap/${qualifier}/version`,
    deployRole: `cdk-${qualifier}-deploy-role-${account}-${region}`,
    /** Role with which templates are put into the staging bucket. */
    publishingRole: `cdk-${qualifier}-file-publishing-role-${account}-${region}`,
    /** Bucket that CloudFormation reads templates from. */
    stagingBucket: `cdk-${qualifier}-assets-${account}-${region}`,
    /** Role with which CloudFormation makes a stack's resources. */
    executionRole: `cdk-${qualifier}-cfn-exec-role-${account}-${region}`,
  };
}

/** The stack of a bootstrap beside one with another qualifier, which keeps the usual name. */
export function stackNameBeside(qualifier: string): string {
  return `${DEFAULT_STACK_NAME}-${qualifier}`;
}
