import type { SideName } from '../../lib/config/replication-config';
import type { AssemblyStack } from '../../lib/deploy/plan/assembly';
import { compareStack } from '../../lib/deploy/plan/compare';
import { type DeployedStack, NOT_DEPLOYED } from '../../lib/deploy/plan/deployed';
import type { StackPlan } from '../../lib/deploy/plan/model';
import type { Template as TemplateJson } from '../../lib/model/template';
import { validConfig } from './config';

/** One side's stack, as an assembly holds it. */
export function assemblyStack(side: SideName, template: TemplateJson, overrides: Partial<AssemblyStack> = {}): AssemblyStack {
  const config = validConfig();
  const { account, region } = config[side];
  return {
    id: side === 'source' ? 'Source' : 'Destination',
    stackName: config.names[side].stackName,
    account,
    region,
    template,
    tags: {},
    terminationProtection: true,
    lookupRole: undefined,
    warnings: [],
    ...overrides,
  };
}

/** What is deployed, given its template. */
export function deployedStack(template: TemplateJson, overrides: Partial<DeployedStack> = {}): DeployedStack {
  return { ...NOT_DEPLOYED, state: 'deployed', template, terminationProtection: true, ...overrides };
}

/** What changing one side's template does. */
export function planned(side: SideName, before: TemplateJson, after: TemplateJson): StackPlan {
  return compareStack(assemblyStack(side, after), deployedStack(before));
}
