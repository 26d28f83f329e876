import { setTimeout as sleep } from 'node:timers/promises';
import { S3Client } from '@aws-sdk/client-s3';
import { AppError, describeError } from '../errors/errors';
import { visible } from '../errors/visible';
import type { Adoption } from '../model/adoption';
import type { OwnersInventory } from '../model/inventory';
import { adopt, type Log, release, type Sleep } from './apply';
import { documentsOf, refuseUnknownParts } from './documents';
import { deleteInventory, putInventory } from './inventory';

/**
 * A request of CloudFormation for one custom resource.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html
 */
export interface ResourceEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: Properties;
  readonly OldResourceProperties?: Properties;
}

/**
 * What a resource is about. CloudFormation turns numbers and booleans into strings, so everything is in one text: an `Adoption` as JSON, or an
 * `OwnersInventory`.
 */
export type Properties = { readonly Adoption: string } | { readonly Inventory: string };

/** CloudFormation shows no more of a reason. */
const LONGEST_REASON = 1000;

/** Milliseconds between requests that a policy of a minute ago may not yet allow, and how many there are. */
const PROPAGATION = { pause: 5000, most: 12 };

/** Starts the physical id of what a failed creation answers with: its deletion, which CloudFormation asks for next, must not fail too. */
const NOT_CREATED = 'not-created/';

/** The entry of the Lambda function: does what CloudFormation asks, and always answers. */
export async function handler(event: ResourceEvent): Promise<void> {
  const { bucket, account, region, ...subject } = subjectOf(event.ResourceProperties);
  const id = 'rule' in subject ? subject.rule.ID : subject.inventory.Id;
  // The event itself has a URL that lets anybody answer in place of this function.
  log({ request: event.RequestType, bucket, ['rule' in subject ? 'rule' : 'inventory']: id });
  // A bucket in another Region is then refused with the name of that Region, not with a redirection.
  const s3 = new S3Client({ region, maxAttempts: 5, followRegionRedirects: true });
  refuseUnknownParts(s3);
  const failure = await carryOut(event, s3, { sleep, log }).then(
    () => undefined,
    (error: unknown) => reasonOf(error, bucket, account),
  );
  const { status, physicalId } = outcomeOf(event, `${bucket}/${id}`, failure);
  log({ status, failure });
  await answer(event, { Status: status, ...(failure !== undefined && { Reason: failure }), PhysicalResourceId: physicalId });
}

/** The physical id stays what it was: another one makes CloudFormation delete the resource that the first one named. */
export function outcomeOf(
  event: ResourceEvent,
  id: string,
  failure: string | undefined,
): { status: 'SUCCESS' | 'FAILED'; physicalId: string } {
  const { RequestType: request, PhysicalResourceId: known } = event;
  if (request === 'Create') {
    return failure === undefined
      ? { status: 'SUCCESS', physicalId: id }
      : { status: 'FAILED', physicalId: `${NOT_CREATED}${id}` };
  }
  const failed = failure !== undefined && !(request === 'Delete' && known?.startsWith(NOT_CREATED) === true);
  return { status: failed ? 'FAILED' : 'SUCCESS', physicalId: known ?? id };
}

/**
 * Does what an event asks.
 *
 * @throws AppError with what is in the way
 */
export async function carryOut(
  event: ResourceEvent,
  s3: S3Client,
  { sleep: wait, log: tell }: { readonly sleep: Sleep; readonly log: Log },
): Promise<void> {
  const subject = subjectOf(event.ResourceProperties);
  const old = event.OldResourceProperties && subjectOf(event.OldResourceProperties);
  const isGoing = event.RequestType === 'Delete';
  await oncePropagated(wait, () => {
    if ('inventory' in subject) {
      return isGoing ? deleteInventory(s3, subject) : putInventory(s3, subject, old as OwnersInventory | undefined);
    }
    const documents = documentsOf(s3, subject.bucket, subject.account);
    const options = { previous: old as Adoption | undefined, sleep: wait, log: tell };
    return isGoing ? release(documents, subject, wait) : adopt(documents, subject, options);
  });
}

function subjectOf(properties: Properties): Adoption | OwnersInventory {
  return 'Inventory' in properties
    ? (JSON.parse(properties.Inventory) as OwnersInventory)
    : (JSON.parse(properties.Adoption) as Adoption);
}

/** A policy that CloudFormation wrote seconds ago may not count yet. */
async function oncePropagated(wait: Sleep, work: () => Promise<void>): Promise<void> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      await work();
      return;
    } catch (error) {
      if ((error as Error).name !== 'AccessDenied' || attempts === PROPAGATION.most) {
        throw error;
      }
      await wait(PROPAGATION.pause);
    }
  }
}

function reasonOf(error: unknown, bucket: string, account: string): string {
  const { name, message } = error as Error;
  const hint =
    name === 'AccessDenied' ? `. Account ${account} does not own the bucket, or a policy refuses the role of this function` : '';
  const text =
    error instanceof AppError ? describeError(error).replaceAll('\n', ': ') : `bucket ${bucket}: ${name}: ${message}${hint}`;
  // It has names that others chose, and terminals show it.
  return visible(text).slice(0, LONGEST_REASON);
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html */
async function answer({ StackId, RequestId, LogicalResourceId, ResponseURL }: ResourceEvent, outcome: object): Promise<void> {
  const body = Buffer.from(JSON.stringify({ ...outcome, StackId, RequestId, LogicalResourceId }));
  for (const pause of [1000, 4000, 0]) {
    // Bytes, not text: fetch would send a content type with text, and the URL is signed without one.
    const response = await fetch(ResponseURL, { method: 'PUT', body }).catch(() => undefined);
    if (response?.ok === true) {
      return;
    }
    log({ answer: 'not accepted', status: response?.status });
    await sleep(pause);
  }
}

/** A line of the log of the function. */
function log(entry: object): void {
  process.stdout.write(`${visible(JSON.stringify(entry))}\n`);
}
