import type { ReplicationConfig } from '../../config/replication-config';
import type { Environment } from '../../model/environments';
import type { Present } from './present';

/** What the person asks of a bootstrap. */
export interface Wishes {
  /** The backup account lets the source account deploy into it. */
  readonly trustSource: boolean;
  /** Name of a managed policy that bounds every execution role. @default - the boundary that is there */
  readonly boundary?: string;
  /** Accounts that are trusted no longer. */
  readonly dropTrust: readonly string[];
  /** ARNs of the backup account's execution policies. @default - the ones that are there */
  readonly executionPolicies?: readonly string[];
}

/** An account that has to be trusted. */
export interface RequiredTrust {
  readonly account: string;
  readonly why: string;
}

/** What becomes of a list of trusted accounts. */
export interface TrustChange {
  readonly present: readonly string[];
  /** There already, and staying, though nothing of this deployment needs them. */
  readonly kept: readonly string[];
  readonly dropped: readonly string[];
}

/** One option of `cdk bootstrap`. */
export interface Flag {
  readonly flag: string;
  /** Null for a switch. */
  readonly value: string | null;
  readonly why: string;
}

/** How one environment is to be bootstrapped, and why so. */
export interface EnvironmentPlan {
  readonly environment: Environment;
  readonly present: Present;
  /** There is nothing to do. */
  readonly upToDate: boolean;
  readonly trust: TrustChange & { readonly required: readonly RequiredTrust[] };
  /** Accounts that may only look up values. */
  readonly lookup: TrustChange;
  readonly flags: readonly Flag[];
  /** Why the command would do harm or nothing now. @default - nothing is in the way */
  readonly obstacle?: string;
  /** What a person has to know, each a sentence. */
  readonly warnings: readonly string[];
}

/** What to plan from, besides the environment. */
export interface Given {
  readonly config: ReplicationConfig;
  readonly qualifier: string;
  readonly wishes: Wishes;
  /** Version of the template that the CDK CLI here deploys; undefined when it is not known. */
  readonly shippedVersion: number | undefined;
}
