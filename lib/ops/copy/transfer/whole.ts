import type { Item, ItemOutcome } from '../model';
import { checkLength, poured, readInto, streamed } from './body';
import { WITH_CHECKSUM } from './bucket';
import type { Answer, Headers } from './connection';
import { repeated } from './failure';
import { type Checksum, checksumHeader, checksumOf, computed, headersToWrite } from './headers';
import { type CopyContext, isRefusal } from './target';

/**
 * Copies a version in one PUT.
 *
 * @returns undefined for a version whose checksum is one of its parts, which a PUT would lose
 */
export async function copyWhole(context: CopyContext, item: Item): Promise<ItemOutcome | undefined> {
  const { from, to, clock, memory, buffers, sizes } = context;
  const { size } = item;
  const attempted = async (attempt: number, space?: Buffer): Promise<ItemOutcome | undefined> => {
    const place = { key: item.key, query: { versionId: item.versionId } };
    const answer = await from.send('get', { method: 'GET', ...place, headers: WITH_CHECKSUM });
    checkLength(size, answer);
    const checksum = checksumOf(answer.headers);
    if (checksum?.parts !== undefined) {
      answer.body.destroy();
      return undefined;
    }
    // Tags are asked for while the body arrives. Whether they could be read shows before the write.
    const headers = headersToWrite(context, item, answer.headers);
    headers.catch(() => undefined);
    const body = space === undefined ? answer : await readInto(space, answer);
    return await write(context, item, { read: answer.headers, headers, body, checksum, again: attempt > 0 });
  };
  const inMemory = (space: Buffer) => repeated(clock, (attempt) => attempted(attempt, space));
  // A body that is sent on is gone when S3 throttles its PUT: the GET belongs to what is sent again.
  const asItArrives = () => repeated(clock, (attempt) => to.ask('put', () => attempted(attempt)));
  return size <= sizes.inMemory
    ? await memory.during(size, () => inMemory(Buffer.allocUnsafeSlow(size)))
    : await buffers.during((buffer) => (size <= buffer.length ? inMemory(buffer.subarray(0, size)) : asItArrives()));
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
