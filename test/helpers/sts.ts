import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http, { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How the fake STS fails: it says that the session expired, that it is broken, it hangs up, it never answers, or an SCP lets nobody assume a role. */
export type StsFault = 'expired' | 'broken' | 'hang-up' | 'hang' | 'scp' | RawAnswer;

/** What answers, whatever was asked. */
export interface RawAnswer {
  readonly status: number;
  /** Of `body`. @default text/xml */
  readonly type?: string;
  readonly body: string;
}

/** A request as the fake server saw it. */
export interface SeenRequest {
  /** The STS action; method and path of anything that is no STS request. */
  readonly action: string;
  /** Access key id of the credentials that signed it; empty when it is unsigned. */
  readonly accessKeyId: string;
  /** The MFA code that came with it. */
  readonly mfaCode?: string;
}

/** The one access token that the fake portal knows. */
export const SSO_TOKEN = 'made-up-token';

const CONTAINER = 'GET /container';
const RENEWAL_OF_SSO = 'POST /token';
const RENEWAL_OF_CONSOLE = 'POST /v1/token';

/** The account of every login to the console that is renewed, and of every container. */
const KNOWN_ACCOUNT = '111111111111';

const PORTAL_PATH = '/federation/credentials';

/**
 * An STS on 127.0.0.1 for which access key ids are account ids: it answers that credentials belong to the account that their
 * access key id spells, and assuming a role yields an access key id that spells the role's account. It is also the portal of an
 * IAM Identity Center, which gives credentials of each account for the one token that it knows.
 */
export class FakeSts {
  readonly requests: SeenRequest[] = [];
  /** The roles that were assumed, and what their sessions are called. */
  readonly sessions: { readonly roleArn: string; readonly name: string; readonly seconds?: string }[] = [];
  /** Every request with the host that it was meant for, such as `sts.us-west-2.amazonaws.com GetCallerIdentity`. */
  readonly asked: string[] = [];
  /** Set, every request fails this way. */
  fault: StsFault | undefined;
  /** Regions that no account has enabled: their STS knows no credentials. */
  disabledRegions: readonly string[] = [];
  private readonly server = createServer((request, response) => {
    void this.handle(request, response);
  });

  /** The URL to send AWS requests to. */
  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The access key ids that asked whose they are. */
  get identityRequests(): string[] {
    return this.requests.filter(({ action }) => action === 'GetCallerIdentity').map(({ accessKeyId }) => accessKeyId);
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.server.listen(0, '127.0.0.1', resolve);
    });
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve, reject) => {
      this.server.close((error) => (error ? reject(error) : resolve()));
    });
    this.server.closeAllConnections();
    await closed;
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('x-amzn-requestid', 'R');
    const parameters = new URLSearchParams(await bodyOf(request));
    const accessKeyId = /Credential=([^/]*)\//.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const { pathname, searchParams } = new URL(request.url ?? '', this.endpoint);
    const isPortal = pathname === PORTAL_PATH;
    const action = parameters.get('Action') ?? (isPortal ? 'GetRoleCredentials' : `${request.method} ${request.url}`);
    this.asked.push(`${request.headers.host} ${action}`);
    const mfaCode = parameters.get('TokenCode');
    this.requests.push({ action, accessKeyId, ...(mfaCode !== null && { mfaCode }) });
    if (this.fault === 'hang') {
      return;
    }
    if (typeof this.fault === 'object') {
      const { status, type = 'text/xml', body } = this.fault;
      if (type === 'text/html') {
        response.removeHeader('x-amzn-requestid');
      }
      response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(body);
    } else if (this.fault === 'hang-up') {
      response.destroy();
    } else if (this.fault === 'expired') {
      respond(response, 403, errorXml('ExpiredToken', 'The security token included in the request is expired'));
    } else if (!isPortal && this.disabledRegions.some((region) => request.headers.host?.startsWith(`sts.${region}.`))) {
      respond(response, 403, errorXml('InvalidClientTokenId', 'The security token included in the request is invalid'));
    } else if (this.fault === 'broken') {
      respond(response, 500, errorXml('InternalFailure', 'the fake STS is broken'));
    } else if (isPortal) {
      const known = request.headers['x-amz-sso_bearer_token'] === SSO_TOKEN;
      const body = known
        ? roleCredentials(searchParams.get('account_id') ?? '')
        : { message: 'Session token not found or invalid' };
      const refusal = known ? {} : { 'x-amzn-errortype': 'UnauthorizedException' };
      response.writeHead(known ? 200 : 401, { 'content-type': 'application/json', ...refusal }).end(JSON.stringify(body));
    } else if (action === CONTAINER) {
      const keys = { AccessKeyId: KNOWN_ACCOUNT, SecretAccessKey: 'secret', Token: 'session' };
      respondJson(response, { ...keys, Expiration: '2100-01-01T00:00:00Z' });
    } else if (action === RENEWAL_OF_SSO) {
      respondJson(response, { accessToken: SSO_TOKEN, expiresIn: 3600, refreshToken: 'refresh', tokenType: 'Bearer' });
    } else if (action === RENEWAL_OF_CONSOLE) {
      const accessToken = { accessKeyId: KNOWN_ACCOUNT, secretAccessKey: 'secret', sessionToken: 'session' };
      respondJson(response, { accessToken, expiresIn: 900, refreshToken: 'refresh', tokenType: 'aws_sigv4' });
    } else if (action === 'GetCallerIdentity') {
      respond(response, 200, identityXml(accessKeyId));
    } else if (this.fault === 'scp' && action === 'AssumeRole') {
      const denied =
        'User: somebody is not authorized to perform: sts:AssumeRole with an explicit deny in a service control policy';
      respond(response, 403, errorXml('AccessDenied', denied));
    } else if (action === 'AssumeRole' || action === 'AssumeRoleWithWebIdentity') {
      const roleArn = parameters.get('RoleArn') ?? '';
      const seconds = parameters.get('DurationSeconds');
      this.sessions.push({ roleArn, name: parameters.get('RoleSessionName') ?? '', ...(seconds !== null && { seconds }) });
      respond(response, 200, roleXml(action, roleArn));
    } else {
      respond(response, 501, errorXml('NotImplemented', `the fake STS has no ${action}`));
    }
  }
}

/** Sends every AWS request to a fake server, with the host that it is meant for, until the mocks are restored. */
export function sendAllTo(sts: FakeSts): void {
  jest.spyOn(https, 'request').mockImplementation(((options: https.RequestOptions, answered: (_: IncomingMessage) => void) => {
    const { hostname, port } = new URL(sts.endpoint);
    const { host: _, agent: __, ...rest } = options;
    return http.request({ ...rest, protocol: 'http:', hostname, port }, answered);
  }) as typeof https.request);
}

/** What is known of a login to IAM Identity Center. Those that can be renewed have a client and a refresh token. */
interface SsoLogin {
  readonly accessToken?: string;
  readonly expiresAt?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly refreshToken?: string;
}

/** AWS configuration files of a person, in a folder of their own. The SDK reads each path only once in a process. */
export class AwsHome {
  readonly directory = mkdtempSync(join(tmpdir(), 's3-replication-aws-'));
  /** Variables that make the AWS SDK read these files and no others. */
  readonly environment: Record<string, string>;

  /**
   * @param config text of the `config` file
   * @param credentials text of the `credentials` file
   */
  constructor(config: string, credentials = '') {
    const files = {
      AWS_CONFIG_FILE: join(this.directory, 'config'),
      AWS_SHARED_CREDENTIALS_FILE: join(this.directory, 'credentials'),
    };
    writeFileSync(files.AWS_CONFIG_FILE, config);
    writeFileSync(files.AWS_SHARED_CREDENTIALS_FILE, credentials);
    this.environment = {
      ...files,
      HOME: this.directory,
      AWS_LOGIN_CACHE_DIRECTORY: this.directory,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_MAX_ATTEMPTS: '1',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    };
  }

  /**
   * Logs in to IAM Identity Center, as `aws sso login` does.
   *
   * @param login name of the session, or start URL of a profile without one
   */
  logIn(login: string, { accessToken = SSO_TOKEN, expiresAt = '2100-01-01T00:00:00Z', ...renewal }: SsoLogin = {}): void {
    const cache = join(this.directory, '.aws', 'sso', 'cache');
    mkdirSync(cache, { recursive: true });
    writeFileSync(
      join(cache, `${createHash('sha1').update(login).digest('hex')}.json`),
      JSON.stringify({ accessToken, expiresAt, ...renewal }),
    );
  }

  /**
   * Logs in to the console, as `aws login` does.
   *
   * @param session what `login_session` of the profile says
   */
  logInToConsole(session: string, account: string, expiresAt = '2100-01-01T00:00:00Z'): void {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    writeFileSync(
      join(this.directory, `${createHash('sha256').update(session).digest('hex')}.json`),
      JSON.stringify({
        accessToken: { accessKeyId: account, secretAccessKey: 'secret', sessionToken: 'session', accountId: account, expiresAt },
        clientId: 'arn:aws:signin:::devtools/same-device',
        refreshToken: 'refresh',
        dpopKey: privateKey.export({ type: 'sec1', format: 'pem' }),
      }),
    );
  }

  remove(): void {
    rmSync(this.directory, { recursive: true });
  }
}

/** A profile with fixed credentials of the account. */
export function staticProfile(name: string, account: string): string {
  return `[profile ${name}]\naws_access_key_id = ${account}\naws_secret_access_key = secret\n`;
}

/** The environment of this process with these AWS variables and no others. */
export function awsEnvironment(variables: Readonly<Record<string, string>>): Record<string, string | undefined> {
  return { ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'))), ...variables };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) {
    body += String(chunk);
  }
  return body;
}

function respondJson(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function respond(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'text/xml' }).end(body);
}

function roleCredentials(account: string): object {
  const keys = { accessKeyId: account, secretAccessKey: 'secret', sessionToken: 'session' };
  return { roleCredentials: { ...keys, expiration: Date.parse('2100-01-01T00:00:00Z') } };
}

const NAMESPACE = 'xmlns="https://sts.amazonaws.com/doc/2011-06-15/"';
const METADATA = '<ResponseMetadata><RequestId>0</RequestId></ResponseMetadata>';

function identityXml(account: string): string {
  const result = `<Arn>arn:aws:iam::${account}:user/somebody</Arn><UserId>AIDA</UserId><Account>${account}</Account>`;
  return `<GetCallerIdentityResponse ${NAMESPACE}><GetCallerIdentityResult>${result}</GetCallerIdentityResult>${METADATA}</GetCallerIdentityResponse>`;
}

function roleXml(action: string, roleArn: string): string {
  const [account, role] = [roleArn.split(':')[4] ?? '', roleArn.split('/').at(-1) ?? ''];
  const secret = '<SecretAccessKey>secret</SecretAccessKey><SessionToken>session</SessionToken>';
  const credentials = `<AccessKeyId>${account}</AccessKeyId>${secret}<Expiration>2100-01-01T00:00:00Z</Expiration>`;
  const user = `<AssumedRoleId>AROA:test</AssumedRoleId><Arn>arn:aws:sts::${account}:assumed-role/${role}/test</Arn>`;
  const result = `<AssumedRoleUser>${user}</AssumedRoleUser><Credentials>${credentials}</Credentials>`;
  return `<${action}Response ${NAMESPACE}><${action}Result>${result}</${action}Result>${METADATA}</${action}Response>`;
}

export function errorXml(code: string, message: string): string {
  return `<ErrorResponse ${NAMESPACE}><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>0</RequestId></ErrorResponse>`;
}
