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
