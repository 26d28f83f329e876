import { existsSync } from 'node:fs';
import { cdkScript, shippedBootstrapVersion } from '../../../lib/cli/process/cdk';

test('the CDK CLI of this project is there, and says which bootstrap version it deploys', () => {
  expect(existsSync(cdkScript())).toBe(true);
  expect(shippedBootstrapVersion()).toBeGreaterThanOrEqual(33);
});
