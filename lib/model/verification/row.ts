import type { Permission } from '../permissions';

/** A row of the permission table of the verification roles. All of them stand in the role's own policies. */
export type Row = Omit<Permission, 'writtenIn'>;

/** Where AWS lists the actions of a service, with the resources and conditions that they can be limited to. */
export const AUTHORIZATION = 'https://docs.aws.amazon.com/service-authorization/latest/reference';

/** The same for IAM. */
export const IAM_PAGE = `${AUTHORIZATION}/list_awsidentityandaccessmanagementiam.html`;

/** Reading of whole roles. */
export function readRoles(resources: readonly string[]): Row {
  return {
    sid: 'ReadRoles',
    actions: ['iam:GetRole', 'iam:GetRolePolicy', 'iam:ListAttachedRolePolicies', 'iam:ListRolePolicies'],
    resources,
    why: 'doctor: trust, policies and boundary of roles of the deployment',
    page: IAM_PAGE,
  };
}
