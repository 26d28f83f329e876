import type { ReplicationConfig } from '../../../config/replication-config';
import type { Statement } from '../../../model/policies';
import type { Template } from './actions';
import { type Grant, grantsFor } from './grants';
import { executionNames } from './names';

/** One managed policy for the execution role of the backup account's bootstrap. */
export interface ExecutionPolicy {
  readonly name: string;
  readonly arn: string;
  readonly document: object;
  /** The document as minified JSON. */
  readonly text: string;
}

/** What CloudFormation needs in the backup account, and nothing else. */
export interface LeastPrivilege {
  readonly policies: readonly ExecutionPolicy[];
  /** What cannot be limited to the deployment's names, and why. */
  readonly wildcards: readonly { readonly actions: readonly string[]; readonly why: string }[];
}

/**
 * The execution policy for the destination. One document holds it, however many pairs and groups there are.
 *
 * @param template of the first group's destination stack with the buckets of all groups: the others have the same types of resources
 * @throws AppError when the template has something that no permissions are known for
 */
export function executionPolicy(config: ReplicationConfig, template: Template): LeastPrivilege {
  const grants = grantsFor(config, template);
  const document = { Version: '2012-10-17', Statement: grants.map(statementOf) };
  return {
    policies: [{ ...executionNames(config).policy, document, text: JSON.stringify(document) }],
    wildcards: grants.flatMap(({ wildcard }) => (wildcard === undefined ? [] : [wildcard])),
  };
}

function statementOf({ sid, actions, resources, conditions }: Grant): Statement {
  return {
    Sid: sid,
    Effect: 'Allow',
    Action: actions,
    Resource: resources,
    ...(conditions && { Condition: conditions }),
  };
}
