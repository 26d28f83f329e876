/** Something that a replica bucket or a replica key of somebody else is to have, and has not, or that could not be found out. */
export interface OwnersAnswer {
  /** `missing`: replicas are FAILED, or S3 refuses the rule. `late`: it can be added after the deployment. */
  readonly kind: 'missing' | 'late' | 'unknown';
  /** What it is about, such as `replica bucket is versioned [invoices]`. */
  readonly what: string;
  /** What was found and what to write instead, or why it is unknown. */
  readonly why: string;
  /** Pairs whose rules it concerns. */
  readonly pairs: readonly string[];
}
