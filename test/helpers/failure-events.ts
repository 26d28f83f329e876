export const SOURCE = 'backups-documents-111111111111-ap-southeast-2-an';

/** What an event can differ in. The key is as S3 writes it: encoded as in a form. */
export interface RecordOptions {
  readonly event?: string;
  readonly bucket?: string;
  readonly key?: string;
  readonly versionId?: string | null;
  readonly time?: string;
  readonly sequencer?: string;
  readonly data?: Record<string, string>;
}

/**
 * One record of an event.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-metrics-events.html
 */
export function record(options: RecordOptions = {}) {
  const { event = 'OperationFailedReplication', bucket = SOURCE, key = 'replication-object-put-test.png' } = options;
  const { versionId = 'abcdeH0Xp66ep__QDjR76LK7Gc9X4wKO', time = '2026-10-31T21:04:32.527Z' } = options;
  const [, deployment = 'backups', pair = 'documents'] = /^([\w-]+)-(\w+)-1{12}-/.exec(bucket) ?? [];
  return {
    eventVersion: '2.2',
    eventSource: 'aws:s3',
    awsRegion: 'ap-southeast-2',
    eventTime: time,
    eventName: `Replication:${event}`,
    userIdentity: { principalId: 's3.amazonaws.com' },
    requestParameters: { sourceIPAddress: 's3.amazonaws.com' },
    responseElements: {
      'x-amz-request-id': '123bf045-2b4b-4ca8-a211-c34a63c59426',
      'x-amz-id-2': '12VAWNDIHnwJsRhTccqQTeAPoXQmRt22KkewMV8G3XZihAuf9CLDdmkApgZzudaIe2KlLfDqGS0=',
    },
    s3: {
      s3SchemaVersion: '1.0',
      configurationId: 'ReplicationEventName',
      bucket: { name: bucket, ownerIdentity: { principalId: '111111111111' }, arn: `arn:aws:s3:::${bucket}` },
      object: {
        key,
        size: 520080,
        eTag: 'e12345ca7e88a38428305d3ff7fcb99f',
        ...(versionId === null ? {} : { versionId }),
        sequencer: options.sequencer ?? '0066DA1CBF104C0D51',
      },
    },
    replicationEventData: {
      replicationRuleId: `${deployment}-${pair}`,
      destinationBucket: `arn:aws:s3:::${deployment}-${pair}-222222222222-us-west-2-an`,
      s3Operation: 'OBJECT_PUT',
      requestTime: '2026-10-31T21:03:59.168Z',
      ...options.data,
    },
  };
}

/** The body of a message with these records. */
export function body(...records: readonly object[]): string {
  return JSON.stringify({ Records: records });
}

/** An object that failed, with the reason of AWS's own example unless another is given. */
export function failed(failureReason = 'AssumeRoleNotPermitted', options: RecordOptions = {}): string {
  return body(record({ ...options, data: { failureReason, ...options.data } }));
}

/** An event of S3 Replication Time Control. */
export function timed(event: 'MissedThreshold' | 'ReplicatedAfterThreshold' | 'NotTracked', options: RecordOptions = {}): string {
  return body(record({ ...options, event: `Operation${event}` }));
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
export function testEvent(bucket = SOURCE): string {
  return JSON.stringify({
    Service: 'Amazon S3',
    Event: 's3:TestEvent',
    Time: '2014-10-13T15:57:02.089Z',
    Bucket: bucket,
    RequestId: '5582815E1AEA5ADF',
    HostId: '8cLeGAmw098X5cv4Zkwcmo8vvZa3eH3eKxsPzbB9wrR+YstdA6Knx4Ip8EXAMPLE',
  });
}
