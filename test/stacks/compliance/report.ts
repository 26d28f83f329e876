import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { App } from 'aws-cdk-lib';
import type { Acknowledgement } from '../../../lib/stacks/compliance/acknowledgement';
import { addGuardrails } from '../../../lib/stacks/compliance/guardrails';

/** The validation report of the CDK, as far as it is read here. */
interface Report {
  readonly pluginReports: readonly {
    readonly pluginName: string;
    readonly violations: readonly Violation[];
    readonly suppressedViolations?: readonly (Violation & { readonly reason: string })[];
  }[];
}

interface Violation {
  readonly ruleName: string;
  readonly violatingConstructs: readonly { readonly constructPath: string }[];
}

/** Checks a whole app. A finding is written `<pack>::<rule> <construct path>`. */
export function checkApp(app: App, acknowledgements: readonly Acknowledgement[]) {
  addGuardrails(app, acknowledgements);
  const error = errorOf(() => app.synth());
  const { pluginReports } = JSON.parse(readFileSync(join(app.outdir, 'validation-report.json'), 'utf8')) as Report;
  return {
    /** The name of what synthesis failed with. */
    error,
    /** The findings that are not acknowledged. */
    findings: pluginReports.flatMap(({ pluginName, violations }) =>
      violations.flatMap((violation) => findingsIn(pluginName, violation)),
    ),
    /** The reasons of those that are, as the report has them. */
    reasons: pluginReports.flatMap(({ pluginName, suppressedViolations = [] }) =>
      suppressedViolations.flatMap((violation) =>
        findingsIn(pluginName, violation).map((finding) => ({ finding, reason: violation.reason })),
      ),
    ),
  };
}

/** The finding that an acknowledgement is about. */
export function findingOf({ id, resource }: Acknowledgement): string {
  return `${id} ${resource.node.path}`;
}

function errorOf(action: () => unknown): string | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    return (error as Error).name;
  }
}

function findingsIn(pack: string, { ruleName, violatingConstructs }: Violation): string[] {
  return violatingConstructs.map(({ constructPath }) => `${pack}::${ruleName} ${constructPath}`);
}
