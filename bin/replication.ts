import 'source-map-support/register-hook-require';
import { runCdkApp } from '../lib/app/cdk-app';
import { acknowledgementsOf } from '../lib/stacks/compliance/acknowledgements';
import { addReplicationStacks } from '../lib/stacks/replication';

runCdkApp((app, config) => {
  const stacks = addReplicationStacks(app, config);
  return () => acknowledgementsOf(stacks);
});
