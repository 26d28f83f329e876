import { AppError, messageOf, UnreachableError } from '../errors/errors';
import { networkFault, networkFaultInWords } from './network-fault';

/** Whether AWS answered with one of these error codes. */
export function isAwsError(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && codes.includes(error.name);
}

/** The HTTP status of AWS's answer; undefined when there was none. */
export function httpStatusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata?.httpStatusCode;
}

/**
 * Whether S3 answered that there is no such version of an object, or that it is a delete marker: HEAD says so by the status alone.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
 */
export function isMissingObject(error: unknown): boolean {
  return [404, 405].includes(httpStatusOf(error) ?? 0);
}

/** Whether S3 answered that the bucket is in another Region than the one that was asked. */
export function isOtherRegion(error: unknown): boolean {
  return isAwsError(error, 'PermanentRedirect', 'AuthorizationHeaderMalformed') || httpStatusOf(error) === 301;
}

/**
 * The Region of a bucket, as S3 names it when another Region is asked.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html
 */
export function bucketRegionIn(error: unknown): string | undefined {
  const { $response } = (error ?? {}) as { $response?: { headers?: Readonly<Record<string, string>> } };
  return $response?.headers?.['x-amz-bucket-region'];
}

/** Whether CloudFormation answered that there is no such stack, for which it has no error code of its own. */
export function isMissingStack(error: unknown): boolean {
  return messageOf(error).endsWith('does not exist');
}

/** Whether AWS answered that the caller may not ask this. */
export function isAccessDenied(error: unknown): boolean {
  // S3's answer to HEAD has no code, only the status.
  return hasCode(error, DENIED) || (codesOf(error)[0] === 'Unknown' && httpStatusOf(error) === 403);
}

const DENIED = /^(AccessDenied|AccessDeniedException|UnauthorizedOperation|Forbidden)$/;

/** A denial that no permission of the account can help. */
interface Denial {
  readonly policy: RegExp;
  readonly reason: string;
  readonly hint: string;
}

const BY_ORGANIZATION: Denial = {
  policy: /^(service|resource) control/,
  reason: 'a policy of the organization denies this',
  hint: 'ask who administers the organization: such a policy often allows only some Regions, services or tags',
};

const DENIALS: readonly Denial[] = [
  BY_ORGANIZATION,
  {
    policy: /^permissions boundary/,
    reason: 'a permissions boundary denies this',
    hint: 'ask who set the boundary of this user or role: its own policies cannot allow what the boundary does not',
  },
  {
    policy: /^VPC endpoint/,
    reason: 'the policy of a VPC endpoint denies this',
    hint: 'run the command from another network, or ask who administers the endpoint',
  },
  {
    policy: /^session/,
    reason: 'a session policy denies this',
    hint: 'ask who issues these credentials: the session allows less than its role',
  },
];

/** What AWS calls the policy that denies, with a statement or for want of one. */
const DENIED_BY =
  /(?:explicit deny in an?|because no) ((?:service|resource) control|permissions boundary|VPC endpoint|session)\b/;

/**
 * The kind of policy that denies a request, whatever the account's own policies allow.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
function denialOf(said: string): Denial | undefined {
  const [, named] = DENIED_BY.exec(said) ?? [];
  return named === undefined ? undefined : DENIALS.find(({ policy }) => policy.test(named));
}

/** Whether AWS answered that a service control policy or a resource control policy denies this. */
export function isDeniedByOrganization(error: unknown): boolean {
  return denialOf(messageOf(error)) === BY_ORGANIZATION;
}

/** Returns what to do about a denial. @param otherwise where it is a matter of the account itself */
export function denialHint(error: unknown, otherwise: string): string {
  return denialIn(messageOf(error)) ?? otherwise;
}

/** Returns what denies a request and what to do about it, from what AWS said; undefined where permissions of the account may help. */
export function denialIn(said: string): string | undefined {
  const denial = denialOf(said);
  return denial && `${denial.reason}: ${denial.hint}`;
}

/** Whether AWS answered that there are too many requests, or that it is busy. */
export function isThrottled(error: unknown): boolean {
  return hasCode(error, THROTTLED) || [429, 503].includes(httpStatusOf(error) ?? 0);
}

/** The last is what S3 says where KMS throttles it. */
const THROTTLED =
  /^(Throttling|ThrottlingException|ThrottledException|TooManyRequestsException|RequestThrottled|RequestLimitExceeded|SlowDown|KMS\.ThrottlingException)$/;

/** Whether AWS does not accept the credentials, or accepts them no longer. A provider of credentials that the network keeps away is not that. */
export function isBadCredentials(error: unknown): boolean {
  return hasCode(error, BAD_CREDENTIALS) && networkFault(error) === undefined;
}

const BAD_CREDENTIALS =
  /^(ExpiredToken|ExpiredTokenException|RequestExpired|TokenRefreshRequired|InvalidToken|InvalidAccessKeyId|CredentialsProviderError)$/;

/** Whether there is no way to AWS, and none a moment later. */
export function isNoNetwork(error: unknown): boolean {
  return networkFault(error)?.passing === false;
}

/** Why a question has no answer, in words. */
interface Reason {
  readonly is: (error: unknown) => boolean;
  readonly reason: string;
  readonly hint: string;
}

/** Reasons that are neither about what was asked nor about the credentials. */
const ABOUT_THE_WAY: readonly Reason[] = [
  {
    is: isUnreadable,
    reason: 'the answer cannot be read',
    hint: 'repeat the command; if the fault stays, check what is on the way to AWS: a proxy that changes answers, or --endpoint or AWS_ENDPOINT_URL if one is set',
  },
  {
    is: (error) =>
      hasCode(error, /^(RequestTimeTooSkewed|RequestInTheFuture)$/) ||
      (hasCode(error, SIGNATURE) && /Signature (expired|not yet current)/i.test(messageOf(error))),
    reason: 'the clock of this machine is wrong',
    hint: 'set the clock, then repeat the command',
  },
  {
    is: (error) => hasCode(error, /^(AccountProblem|AllAccessDisabled|NotSignedUp|OptInRequired|SubscriptionRequiredException)$/),
    reason: 'AWS does not serve this account',
    hint: 'it may be suspended, closed, or not yet active: its owner signs in to the console and looks at messages of AWS, or asks AWS Support',
  },
  {
    is: (error) => hasCode(error, /^RegionDisabledException$/),
    reason: 'AWS STS is not active in this Region for the account',
    hint: 'an administrator of the account activates it: IAM console, Account settings, Security Token Service',
  },
  {
    is: (error) => [301, 307].includes(httpStatusOf(error) ?? 0),
    reason: 'S3 refers to another Region',
    hint: 'check the Region in the configuration, and --endpoint or AWS_ENDPOINT_URL if one is set; a new bucket may need an hour until its own Region answers for it',
  },
  {
    is: isThrottled,
    reason: 'AWS throttles the requests',
    hint: 'wait a minute, then repeat the command',
  },
];

const ABOUT_CREDENTIALS: readonly Reason[] = [
  {
    is: (error) => hasCode(error, /^(ExpiredToken|ExpiredTokenException|RequestExpired)$/),
    reason: 'the credentials have expired',
    hint: 'log in again, then repeat the command',
  },
  {
    is: isBadCredentials,
    reason: 'the credentials are not valid',
    hint: 'log in again, then repeat the command',
  },
  {
    // Of these, each service speaks for its Region. STS of the account's own Region has known the credentials before.
    is: (error) => hasCode(error, /^(InvalidClientTokenId|UnrecognizedClientException)$/),
    reason: 'this Region does not know the credentials',
    hint: 'the Region may not be enabled in the account: "npx --no -- s3-replication doctor" says which is not, with the command that enables it. Otherwise log in again',
  },
  {
    is: (error) => hasCode(error, SIGNATURE),
    reason: 'AWS computes another signature of the request',
    hint: 'the secret access key may not be the one of the access key id: correct it. A proxy that changes requests has the same effect',
  },
];

const REASONS: readonly Reason[] = [
  ...ABOUT_THE_WAY,
  ...ABOUT_CREDENTIALS,
  ...DENIALS.map((denial) => ({ ...denial, is: (error: unknown) => denialOf(messageOf(error)) === denial })),
  {
    is: isAccessDenied,
    reason: 'these credentials may not ask this',
    hint: 'use credentials that may read the deployment, such as ReadOnlyAccess',
  },
  {
    is: isKeyUnusable,
    reason: 'the KMS key cannot be used',
    hint: 'enable the key, or cancel its deletion; "npx --no -- s3-replication doctor" shows the state of the keys of the deployment',
  },
];

/** Codes of KMS about a key, which S3 passes on with a prefix. */
function isKeyUnusable(error: unknown): boolean {
  return hasCode(error, /^(KMS\..*|DisabledException|KMSInvalidStateException)$/) && !isThrottled(error);
}

const SIGNATURE = /^(SignatureDoesNotMatch|InvalidSignatureException)$/;

/** Whether the AWS SDK could not read an answer: it is of no service, or something on the way has changed it. */
function isUnreadable(error: unknown): boolean {
  return error instanceof Error && /Deserialization error: to see the raw response/.test(error.message);
}

/**
 * Whether an answer, or none, says nothing about what was asked: it is about the network, credentials, the account, the clock, haste, or
 * another request at the same moment.
 */
export function isNoVerdict(error: unknown): boolean {
  const status = httpStatusOf(error) ?? 500;
  return (
    status < 400 ||
    status >= 500 ||
    hasCode(error, /^(RequestTimeout|ConditionalRequestConflict|OperationAborted)$/) ||
    networkFault(error) !== undefined ||
    [...ABOUT_THE_WAY, ...ABOUT_CREDENTIALS].some(({ is }) => is(error))
  );
}

/** Whether STS refuses credentials themselves, by an error that it answered with. */
export function isAboutCredentials(error: unknown): boolean {
  const status = httpStatusOf(error) ?? 500;
  return status >= 400 && status < 500 && !ABOUT_THE_WAY.some(({ is }) => is(error));
}

/** Code of an error about the network. */
export const NO_NETWORK = 'NoNetwork';

/** Why AWS gave no answer. */
export interface NoAnswer {
  /** `NoNetwork` or `NoAnswer`. */
  readonly code: string;
  /** With what AWS said, or which host could not be reached. */
  readonly reason: string;
  /** The same of every request that fails for this reason, whatever it asked. */
  readonly kind: string;
  /** @default - nothing that a person can do is known */
  readonly hint: string | undefined;
}

/** Returns why a question has no answer, for a person. */
export function noAnswer(error: unknown): NoAnswer {
  const fault = networkFault(error);
  if (fault !== undefined) {
    const kind = 'AWS cannot be reached';
    return { code: NO_NETWORK, reason: `${kind}: ${networkFaultInWords(fault)}`, kind, hint: fault.hint };
  }
  if (isOtherRegion(error)) {
    const reason = `it is in ${bucketRegionIn(error) ?? 'another Region than the one that was asked'}`;
    return {
      code: 'NoAnswer',
      reason,
      kind: reason,
      hint: 'correct the Region in the configuration, or the name of the bucket',
    };
  }
  const known = REASONS.find(({ is }) => is(error));
  const said = messageOf(error);
  const reason = known === undefined ? said : `${known.reason} (${said})`;
  return { code: 'NoAnswer', reason, kind: known?.reason ?? said, hint: known?.hint };
}

/** AWS gave no answer to a question. */
export class NoAnswerError extends UnreachableError {
  /**
   * @param asked such as `bucket x`
   * @param why there is no answer, whatever was asked
   */
  constructor(
    asked: string,
    readonly why: NoAnswer,
    options?: ErrorOptions,
  ) {
    super(why.code, `${asked} could not be read: ${why.reason}`, why.hint, options);
  }
}

/**
 * The error that a person sees when AWS gives no answer.
 *
 * @param what what was asked, such as `bucket x`
 */
export function unreachable(what: string, error: unknown): AppError {
  if (error instanceof AppError) {
    return error;
  }
  return new NoAnswerError(what, noAnswer(error), { cause: error });
}

/** Why a request failed, for a person: faults of the network in words, where Node.js has codes alone. */
export function faultInWords(error: unknown): string {
  const isKnown = networkFault(error) !== undefined || isUnreadable(error);
  return isKnown && !(error instanceof AppError) ? noAnswer(error).reason : messageOf(error);
}

/** The name of an error of AWS, and the code of one of the network. */
function codesOf(error: unknown): string[] {
  const { name, code } = (error ?? {}) as { name?: unknown; code?: unknown };
  return [name, code].map((value) => (typeof value === 'string' ? value : ''));
}

/** Whether the name of an error of AWS, or the code of one of the network, matches. */
export function hasCode(error: unknown, codes: RegExp): boolean {
  return codesOf(error).some((code) => codes.test(code));
}
