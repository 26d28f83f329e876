import { isAccessDenied } from '../../../aws/aws-error';
import { messageOf } from '../../../errors/errors';
import type { Item } from '../model';
import { textOf } from './body';
import type { Bucket } from './bucket';
import { isCode } from './failure';
import type { Headers } from './thin/connection';
import { xmlText } from './thin/s3-error';

/**
 * Reads the tags of a version. S3 says their number only to a caller who may read them, so that without that header there may be some.
 *
 * @param read headers of the version
 * @returns as `x-amz-tagging` has them; empty for none
 * @throws Error that says what to do, where S3 refuses
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectTagging.html
 */
export async function tagsOf(from: Bucket, { key, versionId }: Item, read: Headers): Promise<string> {
  if (read['x-amz-tagging-count'] === '0') {
    return '';
  }
  try {
    const answer = await from.send('other', { method: 'GET', key, query: { tagging: '', versionId } });
    return tagsIn(await textOf(answer));
  } catch (error) {
    // The answer of some servers for no tags, where S3 sends an empty list.
    if (isCode(error, 'NoSuchTagSet')) {
      return '';
    }
    if (isAccessDenied(error)) {
      const repair = `allow s3:GetObjectVersionTagging on ${from.name}, or restore without tags: --without-tags`;
      throw new Error(`its tags could not be read: ${messageOf(error)}; ${repair}`, { cause: error });
    }
    throw error;
  }
}

function tagsIn(xml: string): string {
  const tags = [...xml.matchAll(/<Tag>(.*?)<\/Tag>/gs)].map(([, tag = '']) => [xmlText(tag, 'Key'), xmlText(tag, 'Value') ?? '']);
  // Anything else would lose tags without a word.
  if (!/<TagSet\s*\/?>/.test(xml) || tags.length !== xml.split('<Key>').length - 1) {
    throw new TypeError('S3 answered with no list of tags');
  }
  return tags.map((words) => words.map((word) => encodeURIComponent(word ?? '')).join('=')).join('&');
}
