/**
 * A text in which IAM takes no character for a wildcard or the start of a variable. Policies are ASCII on their way through
 * CloudFormation, so a wildcard stands for what is not.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export function iamLiteral(text: string): string {
  return text.replaceAll(/[*?$]/g, '${$&}').replaceAll(/[^ -~]+/g, '*');
}
