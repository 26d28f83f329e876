import { type Deployment, deploymentOf } from '../../lib/model/deployment';
import { parseConfig } from '../../lib/model/loading/load';
import { remembered } from './remembered';

/** A checked configuration: the given keys, and defaults for the rest. */
export const validConfig = remembered(
  (keys: Record<string, unknown> = {}): Deployment => deploymentOf(parseConfig({ origin: 'test', value: keys })),
);

/** A pipeline as the configuration spells it: what has no default. */
export const PIPELINE = {
  account: '333333333333',
  region: 'eu-west-1',
  repository: 'example/backups',
  connectionArn: 'arn:aws:codeconnections:eu-west-1:333333333333:connection/aEXAMPLE-8aad-4d5d-8878-dfcab0bc441f',
};

/** GitHub Actions as the configuration spells them: what has no default. */
export const DELIVERY = { delivery: { github: { repository: 'example/backups', environment: 'backup' } } };

/** A lockdown as the configuration spells it. */
export const LOCKDOWN = { lockdown: { breakGlassRoleArn: 'arn:aws:iam::222222222222:role/BreakGlass' } };

/** Every name of a deployment, those of its pairs among them. */
export function everyName({ names, pairs }: Deployment) {
  return { ...names, pairs: pairs.map((pair) => pair.names) };
}
