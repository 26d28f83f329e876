import { environmentsOf } from '../../lib/model/stacks';
import { PIPELINE, validConfig } from '../helpers/config';

const places = (keys: Record<string, unknown>) =>
  environmentsOf(validConfig(keys)).map(({ owner, account, region }) => `${owner} ${account}/${region}`);

test('the two sides and the monitoring, the source first', () => {
  expect(places({})).toStrictEqual([
    'source 111111111111/ap-southeast-2',
    'source 111111111111/us-west-2',
    'destination 222222222222/us-west-2',
  ]);
});

test('with a pipeline the tooling account too, in every region that it deploys to', () => {
  expect(places({ pipeline: PIPELINE })).toStrictEqual([
    'source 111111111111/ap-southeast-2',
    'source 111111111111/us-west-2',
    'destination 222222222222/us-west-2',
    'pipeline 333333333333/eu-west-1',
    'pipeline 333333333333/ap-southeast-2',
    'pipeline 333333333333/us-west-2',
  ]);
});

test('a pipeline in the region of a side needs no support stack there', () => {
  expect(places({ pipeline: { ...PIPELINE, region: 'us-west-2' } })).toStrictEqual([
    'source 111111111111/ap-southeast-2',
    'source 111111111111/us-west-2',
    'destination 222222222222/us-west-2',
    'pipeline 333333333333/us-west-2',
    'pipeline 333333333333/ap-southeast-2',
  ]);
});
