import type { Readable } from 'node:stream';
import { HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { s3Error } from './s3-error';

/** Names in lower case. */
export type Headers = Readonly<Record<string, string>>;

/** A request for one object. */
export interface ObjectRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT';
  readonly key: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Headers;
  /** Not signed: S3 compares it with the checksum among the headers. @default - none */
  readonly body?: Buffer;
}

export interface Answer {
  readonly headers: Headers;
  /** To be read to its end or destroyed: the connection is kept until then. */
  readonly body: Readable;
}

/** Where requests for a bucket go, as the SDK resolves it, and what they are signed for. */
interface Endpoint {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  /** Path of the bucket: empty where the host names it. */
  readonly path: string;
  readonly region?: string;
}

type Handler = S3Client['config']['requestHandler'];
type WireRequest = Parameters<Handler['handle']>[0];
type Signer = Awaited<ReturnType<S3Client['config']['signer']>>;

/**
 * Sends requests with a client's own endpoint, credentials, signer and connections, without its middleware, which takes more time
 * than everything else about a small object. It repeats nothing by itself.
 */
export class Connection {
  private ready: Promise<{ endpoint: Endpoint; signer: Signer }> | undefined;

  constructor(
    private readonly s3: S3Client,
    private readonly bucket: string,
    /** Account that must own the bucket. */
    private readonly owner?: string,
  ) {}

  /** @throws S3Error for every answer but success, and whatever the network throws */
  async send(request: ObjectRequest): Promise<Answer> {
    this.ready ??= this.prepare().catch((error: unknown) => {
      this.ready = undefined;
      throw error;
    });
    const { endpoint, signer } = await this.ready;
    const { response } = await this.s3.config.requestHandler.handle(await this.signed(request, endpoint, signer));
    const body = response.body as Readable;
    if (response.statusCode >= 300) {
      throw await s3Error(response.statusCode, body);
    }
    return { headers: response.headers, body };
  }

  private async signed(
    { method, key, query = {}, headers = {}, body }: ObjectRequest,
    endpoint: Endpoint,
    signer: Signer,
  ): Promise<WireRequest> {
    const { protocol, hostname, port, path, region } = endpoint;
    const own: Record<string, string> = {
      host: port === undefined ? hostname : `${hostname}:${port}`,
      'user-agent': 's3-replication-cdk',
      ...(this.owner === undefined ? {} : { 'x-amz-expected-bucket-owner': this.owner }),
      ...(body === undefined ? {} : { 'content-length': String(body.length), 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }),
    };
    const request = {
      method,
      protocol,
      hostname,
      ...(port === undefined ? {} : { port }),
      path: `${path}/${key.split('/').map(escapeUri).join('/')}`,
      query: { ...query },
      headers: { ...headers, ...own },
      ...(body === undefined ? {} : { body }),
    };
    const signed = await signer.sign(request, {
      signingDate: new Date(Date.now() + this.s3.config.systemClockOffset),
      signingService: 's3',
      ...(region === undefined ? {} : { signingRegion: region }),
    });
    return signed as WireRequest;
  }

  /** Has the SDK resolve where a request would go, and stops it before it is sent. */
  private async prepare(): Promise<{ endpoint: Endpoint; signer: Signer }> {
    const command = new HeadObjectCommand({ Bucket: this.bucket, Key: 'k' });
    let endpoint: Endpoint | undefined;
    command.middlewareStack.add(
      (_, context) => async (args) => {
        const { protocol, hostname, port, path } = args.request as WireRequest;
        const [scheme] = (context['endpointV2'] as Resolved | undefined)?.properties?.authSchemes ?? [];
        endpoint = {
          protocol,
          hostname,
          ...(port === undefined ? {} : { port }),
          path: path.slice(0, -'/k'.length),
          ...(scheme?.signingRegion === undefined ? {} : { region: scheme.signingRegion }),
        };
        return { response: undefined, output: { $metadata: {} } };
      },
      { step: 'build', priority: 'high', name: 'resolveOnly' },
    );
    await this.s3.send(command);
    if (endpoint === undefined) {
      throw new TypeError('the SDK resolved no endpoint');
    }
    return { endpoint, signer: await this.s3.config.signer() };
  }
}

interface Resolved {
  readonly properties?: { readonly authSchemes?: readonly { readonly signingRegion?: string }[] };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html */
function escapeUri(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
