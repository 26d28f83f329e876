import { Readable } from 'node:stream';
import { ListObjectVersionsCommand, type ListObjectVersionsCommandInput, type S3Client } from '@aws-sdk/client-s3';
import { type Page, scanPage } from './scan-page';

/** What the SDK's parser gets in place of a page that is read already. */
const EMPTY_PAGE = '<ListVersionsResult></ListVersionsResult>';

/** An answer that ended before it was complete. The SDK asks again. */
class IncompletePage extends Error {
  override readonly name = 'IncompletePage';
  readonly $retryable = { throttling: false };
}

/**
 * Asks S3 for one page of versions. Signing, retries and errors are the SDK's; a page itself is read by `scanPage`, in place of the
 * SDK's parser.
 */
export async function listPage(s3: S3Client, input: ListObjectVersionsCommandInput): Promise<Page> {
  const command = new ListObjectVersionsCommand({ ...input, EncodingType: 'url' });
  let page: Page | undefined;
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const response = result.response as { statusCode: number; body: AsyncIterable<Uint8Array> };
      if (response.statusCode === 200) {
        const xml = await textOf(response.body);
        page = scanPage(xml);
        if (page === undefined && !xml.includes('<Error>')) {
          throw new IncompletePage('S3 sent a page that is not complete');
        }
        response.body = Readable.from([Buffer.from(page === undefined ? xml : EMPTY_PAGE)]);
      }
      return result;
    },
    // Closest to the network, so before the SDK's parser.
    { step: 'deserialize', name: 'scanPage', priority: 'low' },
  );
  await s3.send(command);
  if (page === undefined) {
    throw new IncompletePage('S3 sent no page of versions');
  }
  return page;
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
