/** A CloudFormation template, as JSON. */
export type Template = Readonly<Record<string, unknown>>;

/** One resource of a template. */
export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly Metadata?: Readonly<Record<string, unknown>>;
  readonly UpdateReplacePolicy?: string;
  readonly DeletionPolicy?: string;
}
