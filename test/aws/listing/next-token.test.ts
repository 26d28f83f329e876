import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { mockClient } from 'aws-sdk-client-mock';
import { readAlarms } from '../../../lib/aws/alarms';
import { nextToken } from '../../../lib/aws/listing/next-token';

test('a list goes on with each new token, and ends without one', () => {
  expect(nextToken('alarms', undefined, 'a')).toBe('a');
  expect(nextToken('alarms', 'a', 'b')).toBe('b');
  expect(nextToken('alarms', 'b', undefined)).toBeUndefined();
});

test('a list that would not end is an error', async () => {
  const cloudWatch = mockClient(CloudWatchClient);
  cloudWatch.on(DescribeAlarmsCommand).resolves({ MetricAlarms: [], NextToken: 'again' });

  await expect(readAlarms(new CloudWatchClient({ region: 'us-west-2' }), ['one'])).rejects.toMatchObject({
    code: 'NoProgress',
    message: 'the listing of alarms does not advance beyond a page: the same marker came again, or an earlier one',
  });
});
