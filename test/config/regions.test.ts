import { isKnownRegion, isSupportedRegion, PARTITIONS, partitionName } from '../../lib/config/regions';

const REGIONS = [
  ['ap-southeast-2', 'aws'],
  ['us-west-2', 'aws'],
  ['me-south-1', 'aws'],
  ['il-central-1', 'aws'],
  ['cn-north-1', 'aws-cn'],
  ['cn-northwest-1', 'aws-cn'],
  ['us-gov-west-1', 'aws-us-gov'],
  ['us-gov-east-1', 'aws-us-gov'],
] as const;

const UNSUPPORTED_REGIONS = [
  ['us-iso-east-1', 'aws-iso'],
  ['us-isob-east-1', 'aws-iso-b'],
  ['eu-isoe-west-1', 'aws-iso-e'],
  ['us-isof-south-1', 'aws-iso-f'],
  ['eusc-de-east-1', 'aws-eusc'],
] as const;

test.each(REGIONS)('%s is a supported region of %s', (region, partition) => {
  expect(isKnownRegion(region)).toBe(true);
  expect(isSupportedRegion(region)).toBe(true);
  expect(partitionName(region)).toBe(partition);
});

test.each(UNSUPPORTED_REGIONS)('%s is a region of %s, which is not supported', (region, partition) => {
  expect(isKnownRegion(region)).toBe(true);
  expect(isSupportedRegion(region)).toBe(false);
  expect(partitionName(region)).toBe(partition);
});

test.each([
  ['a region that could be but is not', 'ap-southeast-99'],
  ['an unknown place', 'us-moon-1'],
  ['a pseudo region', 'aws-global'],
  ['a pseudo region of a partition', 'aws-cn-global'],
  ['an availability zone', 'us-west-2a'],
  ['capitals', 'US-WEST-2'],
  ['white space before', ' us-west-2'],
  ['a line break after', 'us-west-2\n'],
  ['a leading zero', 'us-west-02'],
  ['a partition', 'aws'],
  ['nothing', ''],
  ['a name that every JavaScript object has', 'constructor'],
])('there is no region named by %s', (_what, region) => {
  expect(isKnownRegion(region)).toBe(false);
});

test('three partitions are supported', () => {
  expect(PARTITIONS).toStrictEqual(['aws', 'aws-cn', 'aws-us-gov']);
});
