import type { AccountName } from '../config/replication-config';
import type { Deployment } from './deployment';

/** An account and region that the CDK deploys into, and that has to be bootstrapped for it. */
export interface Environment {
  /** Whose account it is, which says whose credentials bootstrap it. */
  readonly owner: AccountName;
  readonly account: string;
  readonly region: string;
  /** @default - credentials of the environment */
  readonly profile?: string;
  /** What of this deployment is deployed there. */
  readonly purpose: string;
}

/**
 * Every environment of a deployment, in the order in which they are bootstrapped: the source before the destination, and last
 * the tooling account of the pipeline.
 *
 * CDK Pipelines puts a support stack with an artifact bucket into each region that it deploys to and that is not its own, in
 * the tooling account.
 *
 * @see https://docs.aws.amazon.com/cdk/v2/guide/cdk-pipeline.html
 */
export function environmentsOf(config: Deployment): readonly Environment[] {
  const { source, destination, pipeline } = config;
  const sides: readonly Environment[] = [
    { ...source, owner: 'source', purpose: 'the source stack' },
    { ...source, region: destination.region, owner: 'source', purpose: 'the alarms on metrics of the destination region' },
    { ...destination, owner: 'destination', purpose: 'the destination stack' },
  ];
  if (pipeline === undefined) {
    return sides;
  }
  const { account, region, profile } = pipeline;
  const tooling = { owner: 'pipeline', account, ...(profile !== undefined && { profile }) } as const;
  const regions = [...new Set(sides.map((side) => side.region))].filter((other) => other !== region);
  return [
    ...sides,
    { ...tooling, region, purpose: 'the pipeline stack' },
    ...regions.map((other) => ({ ...tooling, region: other, purpose: "the pipeline's artifacts for this region" })),
  ];
}
