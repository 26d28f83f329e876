/** An answer, as far as it says who gave it. */
interface Answered {
  readonly statusCode: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** What was asked. */
interface Asked {
  readonly method: string;
  /** AWS answers it with content. */
  readonly withContent: boolean;
}

/** What AWS never answers to the requests of this project. */
const UNASKED: ReadonlyMap<number, string> = new Map([
  ...[302, 303, 308].map((status) => [status, 'which sends elsewhere'] as const),
  [304, 'as if a cache had asked'],
]);

/** What an answer of success lacks that each of AWS has. */
function lacks(headers: Answered['headers'], { method, withContent }: Asked): string | undefined {
  if (method === 'HEAD' && !Object.keys(headers).some((name) => /^(x-amz|content-length$|etag$|last-modified$)/.test(name))) {
    return 'without a header of S3';
  }
  return withContent && headers['content-length'] === '0' ? 'without content' : undefined;
}

/** Whether a request of the AWS SDK is one that AWS answers with content: not one that writes, and not one for an object, which may be empty. */
export function wantsContent({
  method,
  headers,
  query,
}: {
  method: string;
  headers: Record<string, string>;
  query: object;
}): boolean {
  return method === 'GET'
    ? (query as { 'x-id'?: unknown })['x-id'] !== 'GetObject'
    : method === 'POST' && /x-amz-json|x-www-form-urlencoded/.test(headers['content-type'] ?? '');
}

/**
 * Something that is not AWS answered in its place: a proxy, or a network that asks for a login first. Its status would say something about
 * buckets and credentials that nobody looked at.
 */
export class ForeignAnswer extends Error {
  /** The next request may well get through: something on the way was busy, or lost what AWS answered. */
  readonly $retryable: { readonly throttling: false } | undefined;
  readonly $metadata: { readonly httpStatusCode: number } | undefined;

  /**
   * @param code such as `HTTP 200 with a web page`
   * @param hostname of who answered
   */
  private constructor(
    readonly code: string,
    status: number,
    readonly hostname: string,
  ) {
    super(`${hostname} gave an answer that is not one of AWS: ${code}`);
    this.name = 'ForeignAnswer';
    const passes = status >= 500 || status === 200;
    this.$retryable = passes ? { throttling: false } : undefined;
    this.$metadata = status >= 500 ? { httpStatusCode: status } : undefined;
  }

  /**
   * Looks at the beginning of an answer. Every answer of AWS has a header with the id of the request, so that an object that is a web page
   * can be told from a web page that came instead of it.
   *
   * @param asked the request: whether AWS answers it with content, and its method
   * @returns undefined for one that may be of AWS
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/RESTCommonResponseHeaders.html
   */
  static in(
    { statusCode: status, headers }: Answered,
    hostname: string,
    { method, withContent }: Asked,
  ): ForeignAnswer | undefined {
    const isPage =
      /^text\/html\b/i.test(String(headers['content-type'])) && !Object.keys(headers).some((name) => name.startsWith('x-amz'));
    const what = isPage
      ? 'with a web page'
      : (UNASKED.get(status) ?? (status === 200 ? lacks(headers, { method, withContent }) : undefined));
    // What a proxy wants is known from the status.
    return what === undefined || status === 407 ? undefined : new ForeignAnswer(`HTTP ${status} ${what}`, status, hostname);
  }
}
