import { encode, type Listable, type ListedVersion, listObjectsV2, listObjectVersions } from './listing';
import { type Answer, type Bucket, type Conditions, empty, escapeXml, type Request, S3Error, unescapeXml, xml } from './protocol';
import { checksumHeaders, checksumOf, crc32Of, type Headers, md5Of, OLD, type Stored, sizeOf, type Version } from './version';

interface Upload {
  readonly key: string;
  readonly headers: Headers;
  parts: Map<number, Buffer>;
}

/** Headers of a write that S3 answers with when the object is read. */
const KEPT =
  /^(cache-control|content-(disposition|encoding|language|type)|expires|x-amz-storage-class|x-amz-website-redirect-location|x-amz-meta-.*)$/;

const CHECKSUM = /^x-amz-checksum-(crc32|sha256)$/;

/** When S3 writes what a request brings. */
const WRITTEN = '2026-11-01T12:00:00.000Z';

/**
 * A bucket with versions, tags and uploads, in memory. It refuses what S3 refuses, and a write without a condition or without a
 * checksum, which S3 would accept and this project never sends.
 */
export class StoredBucket implements Bucket {
  readonly uploads = new Map<string, Upload>();
  /** Whether the caller may read tags. S3 shows their number only then. */
  tagsReadable = true;
  /** As under a KMS key: no ETag says anything of the content. */
  opaque = true;
  versioning: 'Enabled' | 'Suspended' | 'never' = 'Enabled';
  region = 'ap-southeast-2';
  /** Rules of replication, as XML, under a role of no importance. */
  rules = '';
  /** The whole replication configuration and the notifications, as XML. */
  replication = '';
  notifications = '<NotificationConfiguration/>';
  /** Inventories by id, as XML. */
  readonly inventories = new Map<string, string>();
  /** Tags and default encryption, as XML. */
  tagging = '';
  encryption = '';
  private readonly objects = new Map<string, Version[]>();
  private sorted: Sorted | undefined;
  private count = 0;

  constructor(
    readonly name: string,
    readonly made = '2026-11-01T11:00:00.000Z',
  ) {}

  /** Versions of a key, or of all keys as a listing has them; the newest of a key first. */
  versions(key?: string): readonly Version[] {
    return key === undefined ? this.listable().versions : (this.objects.get(key) ?? []);
  }

  /**
   * Adds a version, the newest of its key.
   *
   * @param checksum of which algorithm; of its parts where it has some. `null` is none
   */
  put(key: string, body: Buffer, more: Partial<Stored> & { readonly checksum?: string | null } = {}): Version {
    const { checksum = 'crc32', ...rest } = more;
    const headers = { ...(checksum !== null && checksumHeaders(checksum, body, more.parts)), ...rest.headers };
    return this.add({ versionId: this.nextId(), ...rest, key, body, headers });
  }

  /** Has these versions instead of those that it had; versions of a key in the order of the listing. */
  fill(versions: readonly Stored[]): void {
    this.objects.clear();
    this.sorted = undefined;
    for (const version of versions.toReversed()) {
      this.add(version);
    }
  }

  private replicate(configuration: string): Answer {
    const priorities = [...configuration.matchAll(/<Priority>(\d+)<\/Priority>/g)].map(([, priority]) => priority);
    if (this.versioning !== 'Enabled') {
      throw new S3Error(400, 'InvalidRequest', 'Versioning must be Enabled on the bucket to apply a replication configuration');
    }
    if (new Set(priorities).size < priorities.length) {
      throw new S3Error(400, 'InvalidRequest', 'Found duplicate priorities');
    }
    this.replication = configuration;
    return empty();
  }

  answer(request: Request, conditions: Conditions): Answer {
    const { key, query } = request;
    switch (request.operation) {
      case 'HeadBucket':
        return empty(200, { 'x-amz-request-id': 'R' });
      case 'ListObjectVersions':
        return listObjectVersions(this.listable(), query, conditions.pageSize);
      case 'ListObjectsV2':
        return listObjectsV2(this.listable(), query, conditions.pageSize);
      case 'ListMultipartUploads':
        return this.listUploads();
      case 'GetBucketVersioning':
        return xml(
          `<VersioningConfiguration>${this.versioning === 'never' ? '' : `<Status>${this.versioning}</Status>`}</VersioningConfiguration>`,
        );
      case 'GetBucketLocation':
        // The SDK reads it only with the namespace, which S3 sends.
        return xml(`<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${this.region}</LocationConstraint>`);
      case 'GetBucketNotificationConfiguration':
        return xml(this.notifications);
      case 'PutBucketNotification':
        this.notifications = request.body.toString();
        return empty();
      case 'PutBucketReplication':
        return this.replicate(request.body.toString());
      case 'DeleteBucketReplication':
        this.replication = '';
        return empty(204);
      case 'GetBucketReplication':
        if (this.replication !== '') {
          return xml(this.replication);
        }
        if (this.rules === '') {
          throw new S3Error(404, 'ReplicationConfigurationNotFoundError');
        }
        return xml(`<ReplicationConfiguration><Role>r</Role>${this.rules}</ReplicationConfiguration>`);
      case 'GetBucketInventoryConfiguration':
        return this.inventory(query);
      case 'PutBucketInventoryConfiguration':
        this.inventories.set(query.get('id') ?? '', request.body.toString());
        return empty();
      case 'DeleteBucketInventoryConfiguration':
        this.inventory(query);
        this.inventories.delete(query.get('id') ?? '');
        return empty(204);
      case 'GetBucketOwnershipControls':
        return xml('<OwnershipControls><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule></OwnershipControls>');
      case 'GetBucketTagging':
        if (this.tagging === '') {
          throw new S3Error(404, 'NoSuchTagSet');
        }
        return xml(this.tagging);
      case 'PutBucketTagging':
        this.tagging = request.body.toString();
        return empty();
      case 'PutBucketEncryption':
        this.encryption = request.body.toString();
        return empty();
      case 'DeleteObjects':
        return this.deleteObjects(request.body.toString());
      case 'DeleteObject':
        return this.deleteObject(key, query.get('versionId'));
      case 'HeadObject':
      case 'GetObject':
        return this.read(request);
      case 'PutObject':
        return this.write(request, conditions);
      case 'GetObjectTagging':
        return this.tags(this.find(key, query));
      case 'RestoreObject':
        this.find(key, query);
        return empty(202);
      case 'CreateMultipartUpload':
        this.count += 1;
        this.uploads.set(`upload-${this.count}`, { key, headers: request.headers, parts: new Map() });
        return xml(`<InitiateMultipartUploadResult><UploadId>upload-${this.count}</UploadId></InitiateMultipartUploadResult>`);
      case 'UploadPart':
        return this.writePart(request);
      case 'ListParts':
        return listParts(this.upload(request), query);
      case 'CompleteMultipartUpload':
        return this.complete(request, conditions);
      case 'AbortMultipartUpload':
        this.upload(request);
        this.uploads.delete(query.get('uploadId') ?? '');
        return empty(204);
      // The first three are the server's, and the others' answers those of a deployment.
      case 'ListBuckets':
      case 'CreateBucket':
      case 'DeleteBucket':
      case 'GetBucketEncryption':
      case 'GetBucketLifecycleConfiguration':
      case 'GetBucketPolicy':
      case 'GetBucketRequestPayment':
      case 'GetObjectLockConfiguration':
      case 'GetPublicAccessBlock':
      case undefined:
        break;
    }
    throw new S3Error(501, 'NotImplemented');
  }

  private inventory(query: URLSearchParams): Answer {
    const found = this.inventories.get(query.get('id') ?? '');
    if (found === undefined) {
      throw new S3Error(404, 'NoSuchConfiguration');
    }
    return xml(found);
  }

  private read({ key, query, headers, method }: Request): Answer {
    const version = this.find(key, query);
    if (version.archived && headers['range'] === undefined && method === 'GET') {
      throw new S3Error(403, 'InvalidObjectState');
    }
    const all = Object.entries(version.headers);
    const sums = all.filter(([name]) => name.startsWith('x-amz-checksum'));
    const tags = Object.keys(version.tags ?? {}).length;
    const common: Headers = {
      etag: version.etag,
      'last-modified': new Date(version.lastModified).toUTCString(),
      ...(version.versionId !== 'null' && { 'x-amz-version-id': version.versionId }),
      ...(version.storageClass !== 'STANDARD' && { 'x-amz-storage-class': version.storageClass }),
      ...(tags > 0 && this.tagsReadable && { 'x-amz-tagging-count': String(tags) }),
      ...Object.fromEntries(all.filter(([name]) => !name.startsWith('x-amz-checksum'))),
    };
    const number = query.get('partNumber');
    if (number !== null) {
      const part = version.parts?.[Number(number) - 1] ?? Buffer.alloc(0);
      const name = sums[0]?.[0] ?? '';
      const sum = checksumOf(name.replace('x-amz-checksum-', ''), part);
      return { status: 206, headers: { ...common, ...(sum !== undefined && { [name]: sum }) }, body: part };
    }
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(headers['range'] ?? '') ?? [];
    if (from !== undefined) {
      const sent = `bytes ${from}-${to}/${version.body.length}`;
      return {
        status: 206,
        headers: { ...common, 'content-range': sent },
        body: version.body.subarray(Number(from), Number(to) + 1),
      };
    }
    const shown = headers['x-amz-checksum-mode'] === 'ENABLED' ? Object.fromEntries(sums) : {};
    const length = String(sizeOf(version));
    return { status: 200, headers: { ...common, ...shown, 'content-length': length }, body: version.body };
  }

  private tags({ tags = {} }: Version): Answer {
    if (!this.tagsReadable) {
      throw new S3Error(403, 'AccessDenied');
    }
    const rows = Object.entries(tags).map(
      ([name, value]) => `<Tag><Key>${escapeXml(name)}</Key><Value>${escapeXml(value)}</Value></Tag>`,
    );
    return xml(`<Tagging><TagSet>${rows.join('')}</TagSet></Tagging>`);
  }

  private write({ key, headers, body: raw }: Request, { keeps }: Conditions): Answer {
    const body = received(headers, raw);
    this.check(key, headers);
    const sums =
      headers['x-amz-trailer'] === undefined
        ? Object.fromEntries(Object.entries(headers).filter(([name]) => CHECKSUM.test(name)))
        : { 'x-amz-checksum-crc32': crc32Of(body) };
    const { versionId, etag } = this.keep(key, body, headers, { ...sums, 'x-amz-checksum-type': 'FULL_OBJECT' }, { keeps });
    return empty(200, { etag, 'x-amz-version-id': versionId });
  }

  private writePart(request: Request): Answer {
    const upload = this.upload(request);
    const body = received(request.headers, request.body);
    upload.parts.set(Number(request.query.get('partNumber')), body);
    return empty(200, { etag: `"${md5Of(body)}"`, 'x-amz-checksum-crc32': crc32Of(body) });
  }

  private complete(request: Request, { keeps }: Conditions): Answer {
    const { key, headers, query } = request;
    const upload = this.upload(request);
    const numbers = [...upload.parts.keys()].toSorted((a, b) => a - b);
    const asked = [...request.body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber>/g)].map(([, number]) => Number(number));
    if (asked.join() !== numbers.join()) {
      throw new S3Error(400, 'InvalidPart');
    }
    const parts = numbers.map((number) => upload.parts.get(number) ?? Buffer.alloc(0));
    const whole = Buffer.concat(parts);
    if (headers['x-amz-checksum-crc32'] !== undefined && headers['x-amz-checksum-crc32'] !== crc32Of(whole)) {
      throw new S3Error(400, 'BadDigest');
    }
    if (headers['x-amz-mp-object-size'] !== String(whole.length)) {
      throw new S3Error(400, 'InvalidRequest');
    }
    this.check(key, headers);
    this.uploads.delete(query.get('uploadId') ?? '');
    const kept = headers['x-amz-checksum-type'] === 'COMPOSITE' ? { parts } : {};
    const sums = checksumHeaders('crc32', whole, kept.parts);
    const { etag } = this.keep(key, whole, upload.headers, sums, { keeps, ...kept });
    return xml(
      `<CompleteMultipartUploadResult><ETag>${etag}</ETag><ChecksumCRC32>${sums['x-amz-checksum-crc32']}</ChecksumCRC32></CompleteMultipartUploadResult>`,
    );
  }

  /** Stores what a request wrote. */
  private keep(
    key: string,
    body: Buffer,
    sent: Headers,
    sums: Headers,
    { keeps = (version) => version, parts }: Partial<Conditions> & Pick<Stored, 'parts'>,
  ): Version {
    const isVersioned = this.versioning === 'Enabled';
    const tagging = sent['x-amz-tagging'];
    const keyArn = /<KMSMasterKeyID>(.*?)</.exec(this.encryption)?.[1];
    const written = this.described({
      key,
      versionId: isVersioned ? this.nextId() : 'null',
      body,
      lastModified: WRITTEN,
      headers: {
        ...about(sent),
        ...sums,
        ...(keyArn !== undefined && {
          'x-amz-server-side-encryption': 'aws:kms',
          'x-amz-server-side-encryption-aws-kms-key-id': keyArn,
        }),
      },
      ...(sent['x-amz-storage-class'] !== undefined && { storageClass: sent['x-amz-storage-class'] }),
      ...(tagging !== undefined && { tags: Object.fromEntries(new URLSearchParams(tagging)) }),
      ...(parts !== undefined && { parts }),
    });
    const kept = keeps(written);
    if (kept !== undefined) {
      this.remove(key, isVersioned ? kept.versionId : 'null');
      this.add(kept);
    }
    return written;
  }

  private deleteObjects(body: string): Answer {
    for (const [, object = ''] of body.matchAll(/<Object>(.*?)<\/Object>/gs)) {
      const [key, id] = ['Key', 'VersionId'].map((name) => new RegExp(`<${name}>(.*?)</${name}>`, 's').exec(object)?.[1]);
      this.deleteObject(unescapeXml(key ?? ''), id ?? null);
    }
    return xml('<DeleteResult></DeleteResult>');
  }

  private deleteObject(key: string, versionId: string | null): Answer {
    if (versionId === null && this.versioning !== 'never') {
      this.add({ key, versionId: this.nextId(), isDeleteMarker: true });
    } else {
      this.remove(key, versionId ?? 'null');
    }
    return empty(204);
  }

  private listUploads(): Answer {
    const rows = [...this.uploads].map(
      ([id, { key }]) => `<Upload><Key>${escapeXml(key)}</Key><UploadId>${id}</UploadId></Upload>`,
    );
    return xml(`<ListMultipartUploadsResult>${rows.join('')}</ListMultipartUploadsResult>`);
  }

  private upload({ key, query }: Request): Upload {
    const upload = this.uploads.get(query.get('uploadId') ?? '');
    if (upload?.key !== key) {
      throw new S3Error(404, 'NoSuchUpload');
    }
    return upload;
  }

  private find(key: string, query: URLSearchParams): Version {
    const versionId = query.get('versionId');
    const [current] = this.versions(key);
    const version = versionId === null ? current : this.versions(key).find((each) => each.versionId === versionId);
    if (version === undefined || (version.isDeleteMarker && versionId === null)) {
      throw new S3Error(404, versionId === null ? 'NoSuchKey' : 'NoSuchVersion');
    }
    if (version.isDeleteMarker) {
      throw new S3Error(405, 'MethodNotAllowed');
    }
    return version;
  }

  /** Whether the condition of a write is met. */
  private check(key: string, headers: Headers): void {
    const [current] = this.versions(key);
    const there = current !== undefined && !current.isDeleteMarker;
    const [ifMatch, ifNoneMatch] = [headers['if-match'], headers['if-none-match']];
    if (ifMatch === undefined && ifNoneMatch === undefined) {
      throw new S3Error(400, 'Unconditional');
    }
    if (ifMatch !== undefined && !there) {
      throw new S3Error(404, 'NoSuchKey');
    }
    if ((ifNoneMatch === '*' && there) || (ifMatch !== undefined && ifMatch !== current?.etag)) {
      throw new S3Error(412, 'PreconditionFailed');
    }
  }

  private add(stored: Stored): Version {
    const version = this.described(stored);
    this.objects.set(stored.key, [version, ...this.versions(stored.key)]);
    this.sorted = undefined;
    return version;
  }

  private remove(key: string, versionId: string): void {
    const others = this.versions(key).filter((each) => each.versionId !== versionId);
    this.sorted = undefined;
    if (others.length === 0) {
      this.objects.delete(key);
    } else {
      this.objects.set(key, others);
    }
  }

  private described({ body = Buffer.from('ten bytes.'), ...stored }: Stored): Version {
    const etag = `"${md5Of(this.opaque ? `${this.name} ${stored.key} ${stored.versionId}` : body)}"`;
    return { isDeleteMarker: false, lastModified: OLD, storageClass: 'STANDARD', headers: {}, etag, ...stored, body };
  }

  private nextId(): string {
    this.count += 1;
    return `version-${this.count}`;
  }

  private listable(): Sorted {
    this.sorted ??= new Sorted(this.name, this.objects);
    return this.sorted;
  }
}

/** What a bucket has, in the order of a listing. */
class Sorted implements Listable {
  readonly versions: readonly Version[];

  constructor(
    readonly name: string,
    objects: ReadonlyMap<string, readonly Version[]>,
  ) {
    this.versions = [...objects]
      .map(([key, versions]) => ({ bytes: Buffer.from(key), versions }))
      .toSorted((a, b) => Buffer.compare(a.bytes, b.bytes))
      .flatMap(({ versions }) => versions);
  }

  get positions(): number {
    return this.versions.length;
  }

  keyAt(position: number): string {
    return this.versions[position]?.key ?? '';
  }

  encodedKeyAt(position: number): string {
    return encode(this.keyAt(position));
  }

  versionIdAt(position: number): string {
    return this.versions[position]?.versionId ?? '';
  }

  versionAt(position: number): ListedVersion | undefined {
    const version = this.versions[position];
    if (version === undefined) {
      return undefined;
    }
    const { versionId, isDeleteMarker, lastModified, storageClass } = version;
    return {
      versionId,
      isLatest: this.versions[position - 1]?.key !== version.key,
      isDeleteMarker,
      lastModified,
      etag: version.etag.replaceAll('"', ''),
      size: sizeOf(version),
      storageClass,
    };
  }
}

/** One part a page. */
function listParts({ parts }: Upload, query: URLSearchParams): Answer {
  const numbers = [...parts.keys()].toSorted((a, b) => a - b);
  const next = numbers.find((number) => number > Number(query.get('part-number-marker') ?? 0));
  const body = next === undefined ? undefined : parts.get(next);
  const part =
    body &&
    `<Part><PartNumber>${next}</PartNumber><ETag>"${md5Of(body)}"</ETag><Size>${body.length}</Size><ChecksumCRC32>${crc32Of(body)}</ChecksumCRC32></Part>`;
  const more = next !== undefined && next !== numbers.at(-1);
  return xml(
    `<ListPartsResult>${part ?? ''}<NextPartNumberMarker>${next ?? 0}</NextPartNumberMarker><IsTruncated>${more}</IsTruncated></ListPartsResult>`,
  );
}

/** The headers that describe an object, without the coding that only its transfer had. */
function about(sent: Headers): Headers {
  const { 'content-encoding': encoding = '', ...others } = Object.fromEntries(
    Object.entries(sent).filter(([name]) => KEPT.test(name)),
  );
  const own = encoding
    .split(',')
    .filter((coding) => coding !== 'aws-chunked')
    .join(',');
  return { ...others, ...(own !== '' && { 'content-encoding': own }) };
}

/** The body without its chunks, if its checksum is right. There has to be one. */
function received(headers: Headers, raw: Buffer): Buffer {
  let body = raw;
  let given = Object.entries(headers).find(([name]) => CHECKSUM.test(name));
  if (headers['x-amz-trailer'] !== undefined) {
    const chunks: Buffer[] = [];
    let at = 0;
    for (;;) {
      const line = raw.indexOf('\r\n', at);
      const size = Number.parseInt(raw.subarray(at, line).toString(), 16);
      if (size === 0) {
        const [name = '', value = ''] = raw
          .subarray(line + 2)
          .toString()
          .trim()
          .split(/:(.*)/);
        given = [name, value];
        break;
      }
      // Only the last one may be smaller.
      if ((chunks.at(-1)?.length ?? 8192) < 8192) {
        throw new S3Error(400, 'InvalidChunkSizeError');
      }
      chunks.push(raw.subarray(line + 2, line + 2 + size));
      at = line + 2 + size + 2;
    }
    body = Buffer.concat(chunks);
  }
  const length = headers['x-amz-decoded-content-length'] ?? headers['content-length'];
  if (String(body.length) !== length) {
    throw new S3Error(400, 'IncompleteBody');
  }
  if (given === undefined || checksumOf(given[0].replace('x-amz-checksum-', ''), body) !== given[1]) {
    throw new S3Error(400, 'BadDigest');
  }
  return body;
}
