import { visible } from '../../../errors/visible';
import { commandLine } from '../../../model/shell-commands';
import type { ContinuedPair } from './continue';

/** What the owner does in Terraform or OpenTofu, in order. */
export interface Afterwards {
  /** Blocks that make Terraform forget the rules without deleting them. Empty where there are none. */
  readonly removedBlocks: string;
  /** Commands that do the same for instances whose resource keeps others. */
  readonly stateCommands: readonly string[];
  readonly steps: readonly string[];
}

/**
 * Says how Terraform stops to manage the rules that this project replaces, before the deployment, and nothing else.
 *
 * @param others addresses of every replication in the state
 * @see https://developer.hashicorp.com/terraform/language/state/remove
 */
export function afterwardsOf(
  pairs: readonly ContinuedPair[],
  others: readonly { readonly address: string; readonly resource: string }[],
): Afterwards {
  const separate = pairs.map(({ replication }) => replication).filter(({ isInline }) => !isInline);
  const carried = new Set(separate.map(({ owner }) => owner.address));
  const resources = [...new Set(separate.map(({ owner }) => owner.resource))];
  // A removed block is for all instances of a resource.
  const keepsOthers = (resource: string) => others.some((other) => other.resource === resource && !carried.has(other.address));
  const whole = resources.filter((resource) => !keepsOthers(resource));
  const single = separate.filter(({ owner }) => keepsOthers(owner.resource)).map(({ owner }) => owner.address);
  const inline = pairs.map(({ replication }) => replication).filter(({ isInline }) => isInline);
  const roles = [...new Set(pairs.flatMap(({ replication: { role } }) => role?.address ?? []))];
  const buckets = [...new Set(pairs.flatMap(({ replication: { source } }) => source.address ?? []))];
  return {
    removedBlocks: whole
      .map((resource) => `removed {\n  from = ${visible(resource)}\n\n  lifecycle {\n    destroy = false\n  }\n}`)
      .join('\n\n'),
    stateCommands: single.map((address) => commandLine(['terraform', 'state', 'rm', address])),
    steps: [
      ...(whole.length === 0
        ? []
        : [
            `Replace the resource ${whole.join(', ')} by the removed block, and apply it: Terraform forgets the rules, and S3 keeps them until the deployment replaces them. OpenTofu before 1.10 forgets without the lifecycle block, and may not accept it. Before 1.7 neither has such a block: use "state rm".`,
          ]),
      ...(single.length === 0
        ? []
        : ['Remove the other instances from count or for_each, and from the state with the commands, before the next apply.']),
      ...(inline.length === 0
        ? []
        : [
            `Remove the block replication_configuration of ${inline.map(({ owner }) => owner.resource).join(', ')}, and add lifecycle { ignore_changes = [replication_configuration] }: with it, no apply deletes the rules.`,
          ]),
      ...(buckets.length === 0
        ? []
        : [`Keep ${buckets.join(', ')} and the replica buckets and keys in Terraform: this project manages none of them.`]),
      'Add the statements that "statements" prints to the policies of the replica buckets and of the replica key, in Terraform, before the deployment: each pair gets a replication role of its own.',
      ...(roles.length === 0
        ? []
        : [
            `After the deployment and a "verify" that ends with 0, the role ${roles.join(', ')} is used no longer: remove it, and what admits it, from Terraform.`,
          ]),
    ],
  };
}
