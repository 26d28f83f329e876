import type { Principal, Request } from './decide';
import type { World } from './world';

/** Whether a request stays within one account: then one half alone can allow it. */
export function isOwn({ principal, owner }: Request): boolean {
  return accountOf(principal) === owner;
}

/** The service control policies that concern a request, as the simulator takes them. One that allows everything is there from the start. */
export function attachedPolicies(world: World, { principal, underScp }: Request) {
  const account = accountOf(principal);
  const attached = world.policies.filter(({ half, holder }) => half === 'organization' && holder === account);
  if (underScp !== true || account === undefined || attached.length === 0) {
    return [];
  }
  const documents = [FULL_ACCESS, ...attached.map(({ document }) => document)];
  return [{ orgIdentifier: account, policies: documents.map((policy, index) => ({ name: `${index}`, policy })) }];
}

const FULL_ACCESS = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };

function accountOf(principal: Principal): string | undefined {
  return 'arn' in principal ? principal.arn.split(':')[4] : undefined;
}
