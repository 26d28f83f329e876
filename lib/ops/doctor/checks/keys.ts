import { plural } from '../../../cli/units';
import { SIDES, type SideName } from '../../../config/replication-config';
import { keyIdOf } from '../../../model/names';
import { BUCKET, type Check, type CheckFinding, compare, type DoctorContext, notApplicable, orMissing, pass } from '../check';
import { byAws, type Repair } from '../repair';

/** Both KMS keys: usable, and rotating. */
export const KEY_CHECKS: readonly Check[] = SIDES.flatMap((side): Check[] => [
  {
    id: `${BUCKET[side]}-key`,
    title: `${BUCKET[side]} key is enabled and not pending deletion`,
    area: 'keys',
    run: { each: 'deployment', ask: (context) => usable(context, side) },
  },
  {
    id: `${BUCKET[side]}-key-rotation`,
    title: `${BUCKET[side]} key rotates as configured`,
    area: 'keys',
    run: { each: 'deployment', ask: (context) => rotation(context, side) },
  },
]);

/** @see https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html */
async function usable(context: DoctorContext, side: SideName): Promise<CheckFinding> {
  const { config } = context;
  const expected = `key ${keyIdOf(config, side)}, Enabled`;
  return orMissing(context, { stack: side, expected }, () => isEnabled(context, side));
}

/** Enabled, or how it can be again. */
export async function isEnabled(context: DoctorContext, side: SideName): Promise<CheckFinding> {
  const { Arn: arn, KeyState: state = 'unknown', DeletionDate: date } = await context.facts.key(side);
  return state === 'Enabled'
    ? pass(`${arn} is Enabled`)
    : {
        status: 'failed',
        found: `${arn} is ${state}${date === undefined ? '' : `, and will be gone on ${date.toISOString().slice(0, 10)}`}`,
        expected: 'Enabled',
        fix: enable(context, side, arn, state),
      };
}

/** A key whose deletion was cancelled is disabled. */
function enable(context: DoctorContext, side: SideName, arn: string, state: string): Repair {
  const resource = `state of key ${arn}`;
  const operations = [...(state === 'PendingDeletion' ? ['cancel-key-deletion'] : []), 'enable-key'];
  return {
    resource,
    commands: operations.flatMap((operation) => byAws(context, side, resource, `kms ${operation}`, { 'key-id': arn }).commands),
    notes: [],
  };
}

/** @see https://docs.aws.amazon.com/kms/latest/developerguide/rotating-keys-enable-disable.html */
async function rotation(context: DoctorContext, side: SideName): Promise<CheckFinding> {
  const { facts } = context;
  const { Arn: arn, KeyState: state } = await facts.key(side);
  if (state === 'PendingDeletion') {
    return notApplicable(`the key is pending deletion: see ${BUCKET[side]}-key`);
  }
  const { enabled, days } = await facts.keyRotation(side);
  const wanted = await facts.expected.rotationDays(side);
  const text = (count: number | undefined) => (count === undefined ? 'off' : `every ${plural(count, 'day')}`);
  const resource = `rotation of key ${arn}`;
  return compare({
    // KMS rotates once a year unless it says otherwise.
    found: text(enabled ? (days ?? 365) : undefined),
    expected: text(wanted),
    fix:
      wanted === undefined
        ? byAws(context, side, resource, 'kms disable-key-rotation', { 'key-id': arn })
        : byAws(context, side, resource, 'kms enable-key-rotation', {
            'key-id': arn,
            'rotation-period-in-days': String(wanted),
          }),
  });
}
