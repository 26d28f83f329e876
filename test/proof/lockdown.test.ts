import { handlerActions } from '../../lib/ops/bootstrap/least-privilege/decisions';
import { LOCKDOWN } from '../helpers/config';
import { allowedLockdown, DESTROY, NOT_UNDER_LOCKDOWN } from './lockdown';
import { WITH_LOCKDOWN } from './variants';
import { worldOf } from './world';

/** Everything that CloudFormation's handlers could ask for, where buckets have Object Lock too. */
function asked(): string[] {
  const world = worldOf({ ...LOCKDOWN, pairs: [{ id: 'documents', objectLock: { mode: 'GOVERNANCE', days: 30 } }] });
  const actions = handlerActions(world.config, world.destinationTemplate);
  return [...actions('AWS::S3::Bucket'), ...actions('AWS::S3::BucketPolicy'), ...actions('AWS::KMS::Key')];
}

test('of what CloudFormation could ask for, exactly what is listed with its reason is for the break-glass role alone', () => {
  const destruction = Object.values(DESTROY).flat();

  expect(
    asked()
      .filter((action) => destruction.includes(action))
      .toSorted(),
  ).toEqual(Object.keys(NOT_UNDER_LOCKDOWN).toSorted());
});

test('the rest of it is among what must be allowed', () => {
  const allowed = new Set(allowedLockdown(worldOf(WITH_LOCKDOWN.config)).map(({ action }) => action));
  // A key that is created has no policy yet, and no bucket of this variant has Object Lock.
  const elsewhere = [...Object.keys(NOT_UNDER_LOCKDOWN), 'kms:CreateKey', 's3:GetBucketObjectLockConfiguration'];

  expect(asked().filter((action) => !elsewhere.includes(action) && !allowed.has(action))).toEqual([]);
});
