import 'source-map-support/register-hook-require';
import { runCdkApp } from '../lib/cdk-app';
import { acknowledgementsOf } from '../lib/compliance/acknowledgements';
import { addReplicationStacks } from '../lib/replication';

runCdkApp((app, config) => {
  const stacks = addReplicationStacks(app, config);
  return () => acknowledgementsOf(stacks);
});
