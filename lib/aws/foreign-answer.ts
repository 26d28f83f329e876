/** An answer, as far as it says who gave it. */
interface Answered {
  readonly statusCode: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** What was asked. */
interface Asked {
  /** It is signed, and so asked of a service itself, not of what gives out credentials. */
  readonly signed: boolean;
  /** AWS answers it with content. */
  readonly withContent: boolean;
}

/** What AWS never answers to the requests of this project. */
const UNASKED: ReadonlyMap<number, string> = new Map([
  ...[302, 303, 308].map((status) => [status, 'which sends elsewhere'] as const),
  [304, 'as if a cache had asked'],
]);

/** Returns what an answer is or lacks that no answer of AWS is or lacks. */
function foreign({ statusCode: status, headers }: Answered, { signed, withContent }: Asked): string | undefined {
  // Such as the id of the request.
  const isMarked = Object.keys(headers).some((name) => name.startsWith('x-amz'));
  if (!isMarked && /^text\/html\b/i.test(String(headers['content-type']))) {
    return 'with a web page';
  }
  if (status === 200 && withContent && headers['content-length'] === '0') {
    return 'without content';
  }
  return UNASKED.get(status) ?? (signed && !isMarked ? 'without the id that AWS gives each request' : undefined);
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
   * Looks at the beginning of an answer. Every answer of a service of AWS has a header with the id of the request: the AWS SDKs read it from
   * `x-amzn-requestid` or `x-amz-request-id`. So an object that is a web page can be told from a web page that came instead of it, and an
   * answer of AWS from anything else, whatever its content says that it is: the SDK reads a page that is called XML as an empty listing.
   *
   * @returns undefined for one that may be of AWS
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/RESTCommonResponseHeaders.html
   */
  static in(answered: Answered, hostname: string, asked: Asked): ForeignAnswer | undefined {
    const { statusCode: status } = answered;
    const what = foreign(answered, asked);
    // What a proxy wants is known from the status.
    return what === undefined || status === 407 ? undefined : new ForeignAnswer(`HTTP ${status} ${what}`, status, hostname);
  }
}
