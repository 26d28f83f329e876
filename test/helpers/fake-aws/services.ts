import * as account from '@aws-sdk/client-account';
import * as cloudFormation from '@aws-sdk/client-cloudformation';
import * as cloudWatch from '@aws-sdk/client-cloudwatch';
import * as iam from '@aws-sdk/client-iam';
import * as kms from '@aws-sdk/client-kms';
import * as s3 from '@aws-sdk/client-s3';
import * as s3Control from '@aws-sdk/client-s3-control';
import * as scheduler from '@aws-sdk/client-scheduler';
import * as sns from '@aws-sdk/client-sns';
import * as sqs from '@aws-sdk/client-sqs';
import * as ssm from '@aws-sdk/client-ssm';
import * as sts from '@aws-sdk/client-sts';
import type { Answer, Request } from '../fake-s3/protocol';

/** How a service writes its answers. */
type Protocol = 'json' | 'query' | 'rest-json' | 'rest-xml';

interface Service {
  readonly protocol: Protocol;
  /** The package of its client: it has a schema of each shape, by its name with a dollar sign. */
  readonly shapes: Readonly<Record<string, unknown>>;
}

/** By the name in signatures; S3 Control signs as S3. */
const SERVICES: Readonly<Record<string, Service>> = {
  account: { protocol: 'rest-json', shapes: account },
  cloudformation: { protocol: 'query', shapes: cloudFormation },
  iam: { protocol: 'query', shapes: iam },
  kms: { protocol: 'json', shapes: kms },
  monitoring: { protocol: 'json', shapes: cloudWatch },
  s3: { protocol: 'rest-xml', shapes: s3 },
  's3-control': { protocol: 'rest-xml', shapes: s3Control },
  scheduler: { protocol: 'rest-json', shapes: scheduler },
  sns: { protocol: 'query', shapes: sns },
  sqs: { protocol: 'json', shapes: sqs },
  ssm: { protocol: 'json', shapes: ssm },
  sts: { protocol: 'query', shapes: sts },
};

/** What a request asks. */
export interface Call {
  /** As in signatures, but for S3 Control. */
  readonly service: string;
  /** Empty for what no service has. */
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

const JOBS = /^\/v20180820\/jobs(?:\/([^/]+))?(\/status)?$/;

const calls = new WeakMap<Request, Call>();

/** What a request asks. Its body has arrived. */
export function callOf(request: Request): Call {
  const call = calls.get(request) ?? readCall(request);
  calls.set(request, call);
  return call;
}

/** Reads what a request asks from where its protocol has it. */
function readCall(request: Request): Call {
  const { signed, headers, body, path, query, bucket, key } = request;
  if (path.startsWith('/v20180820/')) {
    const [, id, status] = JOBS.exec(path) ?? [];
    const one = status === undefined ? 'DescribeJob' : 'UpdateJobStatus';
    const all = request.method === 'POST' ? 'CreateJob' : 'ListJobs';
    const input = { JobId: id, ...Object.fromEntries(query), body: body.toString() };
    return { service: 's3-control', operation: id === undefined ? all : one, input };
  }
  const { service } = signed;
  if (service === 'scheduler') {
    return { service, operation: 'GetSchedule', input: { Name: path.replace('/schedules/', '') } };
  }
  switch (SERVICES[service]?.protocol) {
    case 'json': {
      const [, operation = ''] = (headers['x-amz-target'] ?? '').split('.');
      return { service, operation, input: JSON.parse(body.toString()) as Call['input'] };
    }
    case 'query': {
      const { Action: operation = '', ...input } = Object.fromEntries(new URLSearchParams(body.toString()));
      return { service, operation, input };
    }
    case 'rest-json':
      return {
        service,
        // Its paths are the names of its operations.
        operation: path.slice(1, 2).toUpperCase() + path.slice(2),
        input: JSON.parse(body.toString()) as Call['input'],
      };
    case 'rest-xml':
    case undefined:
      break;
  }
  return { service: 's3', operation: request.operation ?? '', input: { Bucket: bucket, Key: key } };
}

/** The account that asks. */
export function accountOf({ signed }: Request): string {
  return signed.accessKeyId.slice(0, 12);
}

/** A schema of the SDK: kind, namespace, name, traits, and what depends on the kind. */
type Schema = readonly [kind: number, namespace: string, name: string, traits: unknown, ...rest: unknown[]];

interface Codec {
  createSerializer(): { write(schema: unknown, value: unknown): void; flush(): string };
}

/** What the SDK's own clients write requests with writes answers here. */
function codecOf(client: { readonly config: object }): Codec {
  return (client.config as { readonly protocol: { readonly codec: Codec } }).protocol.codec;
}

const CODECS = {
  json: codecOf(new kms.KMSClient({ region: 'us-west-2' })),
  xml: codecOf(new s3.S3Client({ region: 'us-west-2' })),
};

function written(codec: keyof typeof CODECS, schema: unknown, value: unknown): string {
  const serializer = CODECS[codec].createSerializer();
  serializer.write(schema, value);
  return serializer.flush();
}

/**
 * Writes the output of an operation as its service does.
 *
 * @param output as the SDK's commands have it
 */
export function answerTo({ service, operation }: Call, output: object): Answer {
  const { protocol, shapes } = serviceOf(service);
  const [, , , , , result] = shapes[`${operation}$`] as Schema;
  const schema = (typeof result === 'function' ? (result as () => unknown)() : result) as Schema;
  if (protocol === 'json' || protocol === 'rest-json') {
    return { status: 200, headers: { 'content-type': 'application/json' }, body: written('json', schema, output) };
  }
  if (protocol === 'query') {
    // What the root element is called is nobody's matter, what is in it is.
    const inner = written('xml', schema, output).replace(/^<(\w+)([^]*)<\/\1>$/, `<${operation}Result$2</${operation}Result>`);
    return { status: 200, headers: XML, body: `<${operation}Response>${inner}</${operation}Response>` };
  }
  return { status: 200, headers: XML, body: payloadOf(schema, output) };
}

const XML = { 'content-type': 'text/xml' };

/** A structure has the names of its members, what each is, and which of them are the whole body. */
function payloadOf(schema: Schema, output: object): string {
  const [, , , , names, members] = schema as unknown as [0, 0, 0, 0, string[], unknown[]];
  const position = members.findIndex((member) => Array.isArray(member) && isPayload(member[1]));
  if (position === -1) {
    return written('xml', schema, output);
  }
  const value = (output as Readonly<Record<string, unknown>>)[names[position] ?? ''];
  const shape = (members[position] as unknown[])[0];
  return typeof value === 'string'
    ? value
    : written('xml', typeof shape === 'function' ? (shape as () => unknown)() : shape, value);
}

/** Traits are the bits of a number, or members of an object where one has a value. */
function isPayload(traits: unknown): boolean {
  return typeof traits === 'number' ? (traits & PAYLOAD_BIT) !== 0 : 'httpPayload' in (traits as object);
}

const PAYLOAD_BIT = 16;

/**
 * Writes an error as a service does.
 *
 * @param name of the error in the SDK, whose schema has what it is called on the way
 */
export function refusalOf({ service }: Call, { name, message }: Error, status = 400): Answer {
  const { protocol, shapes } = serviceOf(service);
  const schema = shapes[`${name}$`] as Schema | undefined;
  const traits = (schema?.[3] ?? {}) as { readonly awsQueryError?: readonly [code: string, status: number] };
  const [code, queryStatus] = traits.awsQueryError ?? [name, status];
  if (protocol === 'json' || protocol === 'rest-json') {
    return {
      status,
      headers: { 'content-type': 'application/json', 'x-amzn-errortype': name, 'x-amzn-query-error': `${code};Sender` },
      body: JSON.stringify({ __type: name, message }),
    };
  }
  const error = `<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  return protocol === 'query'
    ? { status: queryStatus, headers: XML, body: `<ErrorResponse>${error}<RequestId>0</RequestId></ErrorResponse>` }
    : { status, headers: XML, body: error };
}

function serviceOf(name: string): Service {
  const service = SERVICES[name];
  if (service === undefined) {
    throw new TypeError(`no service ${name}`);
  }
  return service;
}
