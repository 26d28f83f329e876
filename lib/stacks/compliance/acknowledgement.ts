import type { IConstruct } from 'constructs';

/** A finding that stays, and why. */
export interface Acknowledgement {
  /** The one resource that it is about: the same finding anywhere else still stops synthesis. */
  readonly resource: IConstruct;
  /** `<pack>::<rule>`. With the pack's name in front the finding is kept in the validation report, beside its reason. */
  readonly id: string;
  /** Technical and true, so that a reviewer can dispute it. */
  readonly reason: string;
}

export function because(reason: string, resource: IConstruct, ids: readonly string[]): Acknowledgement[] {
  return ids.map((id) => ({ resource, id, reason }));
}

/** The L1 resource of the construct at a path. A path that leads nowhere is an error, so no acknowledgement goes stale unseen. */
export function resourceAt(scope: IConstruct, ...path: readonly string[]): IConstruct {
  return [...path, 'Resource'].reduce((construct, id) => construct.node.findChild(id), scope);
}

export function awsSolutions(rule: string): string {
  return `AwsSolutions::AwsSolutions-${rule}`;
}

/** AWS Solutions' finding for a wildcard in the resource of an IAM policy. */
export function wildcard(pattern: string): string {
  return awsSolutions(`IAM5[Resource::${pattern}]`);
}

/** One rule of the three packs that follow a catalogue of controls: they have it in common. */
export function controls(rule: string): string[] {
  return ['HIPAA.Security', 'NIST.800.53.R5', 'PCI.DSS.321'].map((pack) => `${pack}::${pack}-${rule}`);
}

/** Why no bucket has server access logs. */
export const NO_ACCESS_LOGS =
  "S3 delivers server access logs on a best-effort basis and only within the bucket's own account and region, so they cannot prove " +
  'that nothing happened. Object access is for CloudTrail data events to record, in a trail of the account or the organization ' +
  'that this stack cannot turn off. This app creates no such trail: where access has to be audited, one must be there.';
