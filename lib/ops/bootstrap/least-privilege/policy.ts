import type { ReplicationConfig } from '../../../config/model';
import { executionNames } from '../../../names';
import type { Statement } from '../../../policies';
import type { Template } from './actions';
import { type Grant, grantsFor } from './grants';

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
 * The execution policy for a destination template. One document holds it, however many pairs there are.
 *
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
