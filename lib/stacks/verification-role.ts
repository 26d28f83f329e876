import type { Stack } from 'aws-cdk-lib';
import { AccountPrincipal, ManagedPolicy, PolicyDocument, Role } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { SideName } from '../config/replication-config';
import { verifierOf } from '../model/delivery';
import { type Deployment, titleOf } from '../model/deployment';
import { roleStatements } from '../model/policies';
import { verificationPolicies } from '../model/verification';

/**
 * Adds the role with which a pipeline or GitHub Actions runs `s3-replication doctor` and `s3-replication verify` in the account of a stack, where one
 * of them is configured.
 *
 * It trusts the account of one role, pinned to that role by condition, so that it can be deployed before that role exists.
 *
 * @param key the side's own
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export function addVerificationRole(stack: Stack, config: Deployment, side: SideName, key: IKey): void {
  const { names } = config;
  const verifier = verifierOf(config, side);
  if (verifier === undefined) {
    return;
  }
  const { account } = config.pipeline ?? config[side];
  const role = new Role(stack, 'VerificationRole', {
    roleName: names[side].verificationRole.name,
    description: `${config.pipeline === undefined ? 'GitHub Actions verify' : `The pipeline of ${config.deployment} verifies`} the ${side} with this role`,
    assumedBy: new AccountPrincipal(account).withConditions({ ArnEquals: { 'aws:PrincipalArn': verifier.arn } }),
  });
  // Managed ones: the inline policies of one role have no room for many pairs.
  verificationPolicies(config, side, key.keyArn).forEach((permissions, index) => {
    new ManagedPolicy(role, `Policy${index + 1}`, {
      description: `What s3-replication doctor and s3-replication verify ask of the ${side} of ${titleOf(config)}`,
      document: PolicyDocument.fromJson({ Statement: roleStatements(permissions) }),
      roles: [role],
    });
  });
}
