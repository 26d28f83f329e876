import { BATCH_OPERATIONS_SERVICE, backfillPermissions } from '../../lib/model/backfill';
import { roleStatements } from '../../lib/model/policies';
import { validConfig } from '../helpers/config';

const SOURCE = 'arn:aws:s3:::backups-documents-111111111111-ap-southeast-2-an';
const REPORTS = 'arn:aws:s3:::backups-backfill-111111111111-ap-southeast-2-an';

function permissionsOf(keys: Record<string, unknown>) {
  const config = validConfig(keys);
  return config.pairs.flatMap(({ names }) => backfillPermissions(config, names));
}

test("a role may do what AWS's policy for a generated manifest allows, for its own pair", () => {
  expect(roleStatements(permissionsOf({ backfill: true }))).toStrictEqual([
    { Sid: 'InitiateReplication', Effect: 'Allow', Action: ['s3:InitiateReplication'], Resource: [`${SOURCE}/*`] },
    {
      Sid: 'GenerateManifests',
      Effect: 'Allow',
      Action: ['s3:GetReplicationConfiguration', 's3:PutInventoryConfiguration'],
      Resource: [SOURCE],
    },
    {
      Sid: 'ReadManifests',
      Effect: 'Allow',
      Action: ['s3:GetObject', 's3:GetObjectVersion'],
      Resource: [`${REPORTS}/manifests/documents/*`],
    },
    {
      Sid: 'WriteManifestsAndReports',
      Effect: 'Allow',
      Action: ['s3:PutObject'],
      Resource: [`${REPORTS}/manifests/documents/*`, `${REPORTS}/reports/documents/*`],
    },
  ]);
});

test('every row says why, with a page of AWS', () => {
  for (const { why, page } of permissionsOf({})) {
    expect(why).not.toBe('');
    expect(page).toMatch(/^https:\/\/docs\.aws\.amazon\.com\//);
  }
});

test('is for the service that runs jobs, which is not the one that replicates', () => {
  expect(BATCH_OPERATIONS_SERVICE).toBe('batchoperations.s3.amazonaws.com');
});
