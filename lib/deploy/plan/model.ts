/** What happens to a resource. `left-behind`: it leaves the stack and stays in the account. */
export type ChangeKind = 'created' | 'changed' | 'replaced' | 'maybe-replaced' | 'deleted' | 'left-behind';

/** What a deployment would do to one resource. */
export interface ResourceChange {
  readonly logicalId: string;
  readonly type: string;
  /** Construct path, or the logical id where the template has none. */
  readonly path: string;
  /** Physical name, where the template fixes it. */
  readonly name: string | null;
  readonly change: ChangeKind;
  readonly properties: readonly PropertyChange[];
  /** Whether the resource that is replaced stays in the account. */
  readonly keepsOld: boolean;
}

/** A property or another attribute of a resource with a new value. */
export interface PropertyChange {
  readonly name: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Somebody may do what was not allowed before, in words. */
export interface WidenedPermission {
  readonly text: string;
  /** The statement of the same name and principal that it takes the place of. */
  readonly before: string | null;
}

/** A change that has to be named before it is made. */
export interface Stop {
  /**
   * `<stackName>/<logicalId>`, `<stackName>/<logicalId>-object-lock-<mode>-<days>`, `<stackName>/<logicalId>-under-lockdown`,
   * `<stackName>/lockdown-off`, `<stackName>/lockdown-exempts-<hash of the roles>` or `<stackName>/permissions-<hash of what is widened>`: the
   * same change has the same name.
   */
  readonly name: string;
  readonly kind: 'resource' | 'object-lock' | 'lockdown' | 'permissions';
  readonly reason: string;
}

/** A change that is never made, even if it is accepted. */
export interface Refusal {
  /** `<stackName>/<logicalId>`. */
  readonly name: string;
  /** With what to write instead. */
  readonly reason: string;
}

/**
 * What is there of a stack: nothing; only a creation that failed, which the CDK CLI deletes and repeats; the stack; or the stack
 * after an update that failed, so that its template does not tell all.
 */
export type StackState = 'new' | 'recreated' | 'deployed' | 'unfinished';

/** What a deployment would do to one stack. */
export interface StackPlan {
  /** Id in the app, which `cdk deploy` takes. */
  readonly id: string;
  readonly stackName: string;
  readonly account: string;
  readonly region: string;
  readonly state: StackState;
  readonly resources: readonly ResourceChange[];
  readonly permissions: readonly WidenedPermission[];
  /** Changes of outputs, parameters, tags and the like, in words. */
  readonly other: readonly string[];
  readonly stops: readonly Stop[];
  readonly refusals: readonly Refusal[];
  /** What the app warns of, whether or not it is deployed already, and what AWS may refuse. */
  readonly warnings: readonly string[];
}
