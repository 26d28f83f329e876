import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { runInNewContext } from 'node:vm';
import { partition } from '@aws-sdk/util-endpoints';
import { partitionName } from '../../lib/config/regions';

const FILE = resolve(__dirname, '../../lib/config/partitions.json');

interface SdkPartition {
  readonly outputs: { readonly name: string };
  readonly regionRegex: string;
  readonly regions: Readonly<Record<string, unknown>>;
}

/** The SDK answers for one region at a time and lists none, so the list is read from its text. */
function tableOfSdk() {
  const file = require.resolve('@aws-sdk/core/client');
  const [, literal = ''] = /^const partitionsInfo = (\{[^]*?^\});/m.exec(readFileSync(file, 'utf8')) ?? [];
  const { partitions } = runInNewContext(`(${literal})`) as { readonly partitions: readonly SdkPartition[] };
  return partitions.map(({ outputs: { name }, regionRegex: pattern, regions }) => ({
    name,
    pattern,
    // Others stand for services that have one endpoint in a partition.
    regions: Object.keys(regions).filter((region) => !region.endsWith('-global')),
  }));
}

const TABLE = tableOfSdk();

beforeAll(() => {
  if (process.env['UPDATE_DOCS'] === 'true') {
    writeFileSync(FILE, `${JSON.stringify(TABLE, null, 2)}\n`);
  }
});

test('lib/config/partitions.json has the regions of the AWS SDK', () => {
  expect(TABLE.flatMap(({ regions }) => regions).length).toBeGreaterThan(40);
  expect(JSON.parse(readFileSync(FILE, 'utf8'))).toEqual(TABLE);
});

test.each([...TABLE.flatMap(({ regions }) => regions), 'eu-new-7', 'us-gov-new-1', 'cn-new-1', 'nowhere', ''])(
  'region %j is in the partition that the SDK says',
  (region) => {
    expect(partitionName(region)).toBe(partition(region).name);
  },
);
