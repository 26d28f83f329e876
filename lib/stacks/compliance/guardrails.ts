import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks, PCIDSS321Checks } from 'cdk-nag';
import type { Acknowledgement } from './acknowledgement';
import { acknowledge } from './acknowledgements';

/** The rule packs that the app must pass. */
const PACKS = [AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks, PCIDSS321Checks];

/**
 * Checks the whole app against the rule packs during synthesis: an error that is not acknowledged stops it, and with `--strict` a
 * warning does.
 *
 * No resource changes. The acknowledged findings stand with their reasons in validation-report.json of the cloud assembly.
 */
export function addGuardrails(app: App, acknowledgements: readonly Acknowledgement[]): void {
  Validations.of(app).addPlugins(...PACKS.map((Pack) => new Pack(app)));
  acknowledge(acknowledgements);
}
