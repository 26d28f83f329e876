import 'source-map-support/register-hook-require';
import { runCdkApp } from '../lib/app/cdk-app';
import { acknowledgementsOf } from '../lib/stacks/compliance/acknowledgements';
import { deliveryAcknowledgementsOf } from '../lib/stacks/compliance/delivery-acknowledgements';
import { addDeliveryStacks } from '../lib/stacks/delivery/delivery-stack';
import { addReplicationStacks } from '../lib/stacks/replication';

runCdkApp((app, config) => {
  const stacks = addReplicationStacks(app, config);
  const delivery = addDeliveryStacks(app, config);
  return () => [...acknowledgementsOf(stacks), ...deliveryAcknowledgementsOf(delivery)];
});
