import { AppError } from '../../lib/errors/errors';
import type { ResourceEvent } from '../../lib/handler/index';
import { type OwnersInventory, ownersInventory } from '../../lib/model/inventory';
import { validConfig } from '../helpers/config';
import { eventOf, HandlerWorld } from './world';

const world = new HandlerWorld();
beforeAll(() => world.start());
afterAll(() => world.stop());
beforeEach(async () => {
  await world.bucket();
  world.inventories.clear();
});

function inventoryFor(keys: object = {}): OwnersInventory {
  const config = validConfig({
    inventory: {},
    pairs: [{ id: 'invoices', inventory: true, sourceBucket: { name: 'acme-invoices' } }],
    ...keys,
  });
  const [pair] = config.pairs;
  return ownersInventory(config, pair as never) as OwnersInventory;
}

const OURS = inventoryFor();
const WEEKLY = inventoryFor({ inventory: { frequency: 'Weekly' } });
const THEIRS = '<InventoryConfiguration><Id>theirs</Id><IsEnabled>false</IsEnabled></InventoryConfiguration>';
const SAME_ID = `<InventoryConfiguration><Id>backups-invoices</Id><Destination><S3BucketDestination><Bucket>arn:aws:s3:::theirs</Bucket></S3BucketDestination></Destination></InventoryConfiguration>`;

const run = (type: ResourceEvent['RequestType'], wanted: OwnersInventory, old?: OwnersInventory) =>
  world.runEvent({
    ...eventOf(type, { Inventory: JSON.stringify(wanted) }, old && { Inventory: JSON.stringify(old) }),
  });

test('a bucket of somebody else gets the inventory of its pair, and keeps its own', async () => {
  world.inventories.set('theirs', THEIRS);
  await run('Create', OURS);

  expect([...world.inventories.keys()]).toEqual(['theirs', 'backups-invoices']);
  expect(world.inventories.get('theirs')).toBe(THEIRS);
  const written = world.inventories.get('backups-invoices') ?? '';
  expect(written).toContain('<Bucket>arn:aws:s3:::backups-inventory-111111111111-ap-southeast-2-an</Bucket>');
  expect(written).toContain('<AccountId>111111111111</AccountId>');
  expect(written).toContain('<IncludedObjectVersions>All</IncludedObjectVersions>');
  expect(written).toContain('<Frequency>Daily</Frequency>');
  expect(written.match(/<Field>/g)).toHaveLength(13);
});

test('an update and its rollback change it, and its deletion takes it alone away', async () => {
  world.inventories.set('theirs', THEIRS);
  await run('Create', OURS);
  await run('Update', WEEKLY, OURS);
  expect(world.inventories.get('backups-invoices')).toContain('<Frequency>Weekly</Frequency>');

  await run('Update', OURS, WEEKLY);
  expect(world.inventories.get('backups-invoices')).toContain('<Frequency>Daily</Frequency>');

  await run('Delete', OURS);
  expect([...world.inventories.entries()]).toEqual([['theirs', THEIRS]]);
});

test('one that reports into another bucket of the deployment follows the bucket', async () => {
  const before = inventoryFor({ bucketNamespace: 'global' });
  await run('Create', before);
  await run('Update', OURS, before);

  expect(world.inventories.get('backups-invoices')).toContain('ap-southeast-2-an</Bucket>');
});

test('one of the same id that reports elsewhere is refused, and never deleted', async () => {
  world.inventories.set('backups-invoices', SAME_ID);

  await expect(run('Create', OURS)).rejects.toThrow(AppError);
  await expect(run('Create', OURS)).rejects.toThrow(
    /inventory backups-invoices of bucket acme-invoices reports into arn:aws:s3:::theirs/,
  );
  await run('Delete', OURS);
  expect(world.inventories.get('backups-invoices')).toBe(SAME_ID);
});

test('what is gone already is deleted without a fault, the bucket too', async () => {
  await run('Delete', OURS);
  world.fake.buckets.delete('acme-invoices');
  await run('Delete', OURS);

  expect(world.fake.changes).toEqual([]);
});
