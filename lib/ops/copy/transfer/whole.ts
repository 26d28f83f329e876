import type { Item, ItemOutcome } from '../model';
import { poured, streamed } from './body';
import { WITH_CHECKSUM } from './bucket';
import type { Answer, Headers } from './connection';
import { repeated } from './failure';
import { type Checksum, checksumHeader, checksumOf, computed, headersToWrite } from './headers';
import { checkLength } from './length';
import { type CopyContext, isRefusal } from './target';

/**
 * Copies a version in one PUT.
 *
 * @returns undefined for a version whose checksum is one of its parts, which a PUT would lose
 */
export async function copyWhole(context: CopyContext, item: Item): Promise<ItemOutcome | undefined> {
  const { from, to, clock, small, memory, buffers, sizes } = context;
  const { size } = item;
  const request = { method: 'GET', key: item.key, query: { versionId: item.versionId }, headers: WITH_CHECKSUM } as const;
  /** Tags are asked for while the body arrives. Whether they could be read shows before the write. */
  const begun = (read: Headers, again: boolean): Omit<Whole, 'body'> => {
    const headers = headersToWrite(context, item, read);
    headers.catch(() => undefined);
    return { read, headers, checksum: checksumOf(read), again };
  };
  const inMemory = (space: Buffer) =>
    repeated(clock, async (attempt) => {
      let whole: Omit<Whole, 'body'> | undefined;
      await from.receive('get', request, (read) => {
        checkLength(size, { headers: read });
        whole = isInParts(read) ? undefined : begun(read, attempt > 0);
        return whole && space;
      });
      return whole && (await write(context, item, { ...whole, body: space }));
    });
  const attempted = async (attempt: number) => {
    const answer = await from.send('get', request);
    checkLength(size, answer);
    if (isInParts(answer.headers)) {
      answer.body.destroy();
      return undefined;
    }
    return await write(context, item, { ...begun(answer.headers, attempt > 0), body: answer });
  };
  // A body that is sent on is gone when S3 throttles its PUT: the GET belongs to what is sent again.
  const asItArrives = () => repeated(clock, (attempt) => to.ask('put', () => attempted(attempt)));
  if (size <= sizes.small) {
    return await small.during((buffer) => inMemory(buffer.subarray(0, size)));
  }
  return size <= sizes.inMemory
    ? await memory.during(size, () => inMemory(Buffer.allocUnsafeSlow(size)))
    : await buffers.during((buffer) => (size <= buffer.length ? inMemory(buffer.subarray(0, size)) : asItArrives()));
}

function isInParts(read: Headers): boolean {
  return checksumOf(read)?.parts !== undefined;
}

interface Whole {
  readonly read: Headers;
  /** To write. */
  readonly headers: Promise<Headers>;
  readonly body: Buffer | Answer;
  readonly checksum: Checksum | undefined;
  /** Whether an earlier attempt may have written it, though its answer was lost. */
  readonly again: boolean;
}

async function write(context: CopyContext, item: Item, whole: Whole): Promise<ItemOutcome> {
  const { read, body, checksum, again } = whole;
  const send = Buffer.isBuffer(body) ? sendBuffer(context, item, body, checksum) : sendStream(context, item, body, checksum);
  try {
    const headers = await whole.headers;
    const decision = await context.target.decide(item, read, again);
    if ('outcome' in decision) {
      return decision.outcome;
    }
    await send({ ...headers, ...decision.condition });
    return { kind: 'restored', verifiedBy: checksum === undefined ? 'transfer' : 'object-checksum' };
  } catch (error) {
    if (isRefusal(error, item)) {
      return await context.target.refused(item, read);
    }
    throw error;
  } finally {
    if (!Buffer.isBuffer(body)) {
      body.body.destroy();
    }
  }
}

type Send = (headers: Headers) => Promise<void>;

function sendBuffer({ to }: CopyContext, { key }: Item, body: Buffer, known: Checksum | undefined): Send {
  return async (headers) => {
    const checksum = known ?? (await computed('CRC32', body));
    const sent = { method: 'PUT', key, headers: { ...headers, ...checksumHeader(checksum) }, body } as const;
    await to.text('put', sent);
  };
}

function sendStream({ to }: CopyContext, { key, size }: Item, answer: Answer, known: Checksum | undefined): Send {
  return async (headers) => {
    await poured(answer, undefined, async (body, signal) => {
      const sent = streamed({ body, size, signal }, known, 'CRC32', headers);
      await to.textOnce({ method: 'PUT', key, ...sent });
    });
  };
}
