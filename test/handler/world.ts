import { S3Client } from '@aws-sdk/client-s3';
import { documentsOf, refuseUnknownParts } from '../../lib/handler/documents';
import { carryOut, type Properties, type ResourceEvent } from '../../lib/handler/index';
import type { Adoption, Notifications, Replication, Rule } from '../../lib/model/adoption';
import { FakeS3 } from '../helpers/fake-s3/server';

/** A bucket of somebody else on a fake S3, and the handler on it through the SDK. */
export class HandlerWorld {
  readonly fake = new FakeS3();
  /** Lines of the handler's log. */
  readonly logged: object[] = [];
  private client: S3Client | undefined;

  async start(): Promise<void> {
    await this.fake.start();
    this.client = new S3Client({
      region: 'ap-southeast-2',
      endpoint: this.fake.endpoint,
      forcePathStyle: true,
      credentials: { accessKeyId: '111111111111', secretAccessKey: 'x' },
    });
    refuseUnknownParts(this.client);
  }

  async stop(): Promise<void> {
    this.client?.destroy();
    await this.fake.stop();
  }

  /** A bucket with the documents of others, and no requests before. */
  async bucket(replication?: Replication, notifications: Notifications = {}): Promise<void> {
    this.fake.heal();
    this.fake.make('acme-invoices');
    if (replication !== undefined) {
      await this.documents.replication.write(replication);
    }
    await this.documents.notifications.write(notifications);
    this.fake.requests.length = 0;
  }

  get documents() {
    return documentsOf(this.client as S3Client, 'acme-invoices', '111111111111');
  }

  /** What CloudFormation has the handler do. */
  run(type: ResourceEvent['RequestType'], adoption: Adoption, old?: Adoption): Promise<void> {
    return this.runEvent(eventOf(type, propertiesOf(adoption), old && propertiesOf(old)));
  }

  runEvent(event: ResourceEvent): Promise<void> {
    return carryOut(event, this.client as S3Client, { sleep: async () => {}, log: (entry) => this.logged.push(entry) });
  }

  /** The inventories of the bucket, as XML. */
  get inventories(): Map<string, string> {
    return this.fake.bucket('acme-invoices').inventories;
  }

  async rules(): Promise<readonly Rule[]> {
    return (await this.documents.replication.read())?.Rules ?? [];
  }

  /** What was written, by document. */
  get writes(): string[] {
    return this.fake.changes.map((line) => line.replace('acme-invoices?', ''));
  }
}

/** What a template has of an adoption. */
export function propertiesOf(adoption: Adoption): Properties {
  return { Adoption: JSON.stringify(adoption) };
}

export function eventOf(type: ResourceEvent['RequestType'], properties: Properties, old?: Properties): ResourceEvent {
  return {
    RequestType: type,
    ResponseURL: 'http://127.0.0.1:1/',
    StackId: 'stack',
    RequestId: 'request',
    LogicalResourceId: 'Rule',
    ResourceProperties: properties,
    ...(old && { OldResourceProperties: old }),
  };
}
