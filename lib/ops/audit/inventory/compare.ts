import { stopIfInterrupted } from '../../../aws/clock';
import type { Entry } from '../../../aws/listing/page';
import { canaryPrefix } from '../../../model/names';
import type { Encryption } from '../../explain/rule-match';
import { named, type Row } from '../../inventory/sql';
import { expiresReplicas, toDifference } from '../examine/listed';
import { cutoffOf, judgeReported, type ReportedEntry, type ReportedPair, type ReportedSides } from '../examine/reported';
import { ByVersionId, type Matcher, type Visit, WithHistory } from '../join';
import type { RunningAudit } from '../progress';
import type { Difference } from '../report';
import { Tally, type TallyData } from '../tally';
import type { ReportTables } from './engine';
import { type Comparison, pairedSql, SUSPECT, suspectRowsSql, suspectsSql, TOTALS, totalsSql } from './sql';

/** What the reports hold that was not judged. */
export interface NotJudged {
  /** Written after S3 looked at one of the buckets. */
  readonly source: number;
  /** Replicas of such versions. */
  readonly replica: number;
  /** Rows that repeat another one. */
  readonly duplicates: number;
}

/** Compares both reports of one pair. */
export class InventoryAudit implements RunningAudit {
  private readonly tally: Tally;
  private readonly comparison: Comparison;
  /** Canaries of the source are left out in SQL. */
  private readonly canaries: string;
  private readonly skipped = { source: 0, replica: 0, duplicates: 0 };
  /** Rows that are compared. */
  private readonly rows = { source: 0, replica: 0 };
  private differences: Difference[] = [];

  constructor(
    readonly reported: ReportedPair,
    private readonly signal: AbortSignal,
  ) {
    const { pair, takenAt } = reported;
    const prefix = pair.filter?.prefix ?? '';
    this.tally = new Tally(prefix);
    this.canaries = canaryPrefix(pair);
    this.comparison = {
      pair,
      prefix,
      cutoff: cutoffOf(reported).getTime(),
      replicaTakenAt: takenAt.replica.getTime(),
      withHistory: expiresReplicas(pair),
    };
  }

  get id(): string {
    return this.reported.pair.id;
  }

  /** Versions and delete markers of both reports. */
  get listed(): number {
    return this.tally.listed;
  }

  /** Differences that are wrong, so far. */
  get wrong(): number {
    return this.tally.wrong;
  }

  get totals(): TallyData {
    return this.tally.toJson();
  }

  get notJudged(): NotJudged {
    return { ...this.skipped };
  }

  /**
   * @param onDifferences called with what was found since the last call
   * @throws AppError when the engine fails, or the person interrupts
   */
  async run(tables: ReportTables, onDifferences: (differences: readonly Difference[]) => Promise<void>): Promise<void> {
    const { comparison } = this;
    for await (const rows of tables.read(totalsSql(comparison, tables.dialect))) {
      rows.forEach((row) => this.count(row));
    }
    const suspects = await this.suspects(tables);
    const keys = new KeyByKey(this.matcher(), (side, entry) => this.drop(side, entry));
    for await (const rows of tables.read(suspectRowsSql(comparison, tables.dialect, suspects))) {
      stopIfInterrupted(this.signal);
      rows.forEach((row) => keys.add(row));
      await this.handOn(onDifferences);
    }
    keys.end();
    await this.handOn(onDifferences);
  }

  /** @returns what stands behind FROM */
  private async suspects(tables: ReportTables): Promise<string> {
    const { comparison } = this;
    if (tables.dialect.keepsTables) {
      const paired = await tables.derive('paired', pairedSql(comparison, tables.dialect));
      const counts: Row[] = [];
      for await (const rows of tables.read(`SELECT sum(sources), sum(replicas) FROM ${paired}`)) {
        counts.push(...rows);
      }
      const [[sources, replicas] = []] = counts;
      if (Number(sources) === this.rows.source && Number(replicas) === this.rows.replica) {
        return paired;
      }
    }
    return await tables.derive('suspects', suspectsSql(comparison, tables.dialect));
  }

  private async handOn(onDifferences: (differences: readonly Difference[]) => Promise<void>): Promise<void> {
    const { differences } = this;
    this.differences = [];
    await onDifferences(differences);
  }

  private matcher(): Matcher {
    const visit: Visit = (source, replica) => this.visit({ source, replica } as ReportedSides);
    const { pair, withHistory } = this.comparison;
    return withHistory ? new WithHistory(new ByVersionId(visit), pair.replicateDeleteMarkers) : new ByVersionId(visit);
  }

  /** Source versions count as alike until a suspect turns out to be something else. */
  private count(row: Row): void {
    const { side, prefix, isDeleteMarker, isYoung, versions, bytes } = named(TOTALS, row);
    const [count, size] = [Number(versions), Number(bytes)];
    this.tally.addListed(side === 'source' ? 'source' : 'replica', isDeleteMarker === 'true', count, size);
    if (side !== 'source') {
      this.rows.replica += count;
    } else if (isYoung === 'true') {
      this.skipped.source += count;
    } else {
      this.rows.source += count;
      this.tally.addAlike(prefix, count, size);
    }
  }

  /** A row that repeats another one. */
  private drop(side: 'source' | 'replica', entry: ReportedEntry): void {
    this.skipped.duplicates += 1;
    this.tally.addListed(side, entry.isDeleteMarker, -1, -entry.size);
    if (side === 'source' && !this.isYoung(entry)) {
      this.tally.removeAlike(entry);
    }
  }

  private visit(sides: ReportedSides): void {
    const { source, replica } = sides;
    const entry = source ?? replica;
    if (entry === undefined) {
      return;
    }
    if (entry.key.startsWith(this.canaries)) {
      this.tally.addListed('replica', entry.isDeleteMarker, -1, -entry.size);
      return;
    }
    if (this.isYoung(entry)) {
      this.skipped.replica += replica === undefined ? 0 : 1;
      return;
    }
    if (source !== undefined) {
      this.tally.removeAlike(source);
    }
    const finding = judgeReported(sides, this.reported);
    this.tally.judge(entry, finding.state, finding.wrong, this.reported.takenAt.source);
    const difference = toDifference(this.reported.pair.id, sides, finding);
    if (difference !== undefined) {
      this.differences.push(difference);
    }
  }

  private isYoung({ lastModified }: Entry): boolean {
    return Date.parse(lastModified) >= this.comparison.cutoff;
  }
}

/** Hands the versions of one key after another to a matcher, as a listing has them, each once. */
class KeyByKey {
  private key: string | undefined;
  private readonly sides = { source: new Map<string, Listed>(), replica: new Map<string, Listed>() };

  constructor(
    private readonly matcher: Matcher,
    private readonly onDuplicate: (side: 'source' | 'replica', entry: ReportedEntry) => void,
  ) {}

  add(row: Row): void {
    const values = named(SUSPECT, row);
    if (values.key !== this.key) {
      this.end();
      this.key = values.key ?? '';
    }
    const name = values.side === '0' ? 'source' : 'replica';
    const entry = entryOf(values);
    const text = row.join('\n');
    const versions = this.sides[name];
    const before = versions.get(entry.versionId);
    if (before === undefined) {
      versions.set(entry.versionId, { entry, text });
      return;
    }
    this.onDuplicate(name, entry);
    if (before.text !== text) {
      versions.set(entry.versionId, { ...before, entry: { ...before.entry, isContradictory: true } });
    }
  }

  end(): void {
    const { source, replica } = this.sides;
    source.forEach(({ entry }) => this.matcher.source(entry));
    replica.forEach(({ entry }) => this.matcher.replica(entry));
    this.matcher.end();
    source.clear();
    replica.clear();
  }
}

interface Listed {
  readonly entry: ReportedEntry;
  /** The row as text, to compare it with another one. */
  readonly text: string;
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory.html */
const ENCRYPTION: Readonly<Record<string, Encryption['type']>> = {
  'SSE-S3': 'SSE-S3',
  'SSE-KMS': 'SSE-KMS',
  'DSSE-KMS': 'DSSE-KMS',
  'SSE-C': 'SSE-C',
  'NOT-SSE': 'none',
};

/** HEAD names the archive tiers of S3 Intelligent-Tiering otherwise. The other tiers are none. */
const ARCHIVE_TIERS: Readonly<Record<string, string>> = { ARCHIVE: 'ARCHIVE_ACCESS', DEEP_ARCHIVE: 'DEEP_ARCHIVE_ACCESS' };

function entryOf(row: Readonly<Record<(typeof SUSPECT)[number], string | null>>): ReportedEntry {
  const { key, versionId, isLatest, isDeleteMarker, size, lastModified, storageClass, status, encryption, archiveTier } = row;
  const isMarker = isDeleteMarker === 'true';
  return {
    key: key ?? '',
    versionId: versionId ?? 'null',
    isLatest: isLatest === 'true',
    isDeleteMarker: isMarker,
    lastModified: new Date(Number(lastModified)).toISOString(),
    size: isMarker ? 0 : Number(size),
    storageClass: isMarker ? '' : (storageClass ?? 'STANDARD'),
    status,
    encryption: ENCRYPTION[encryption ?? ''] ?? null,
    retainUntil: row.retainUntil === null ? null : new Date(Number(row.retainUntil)),
    lockMode: row.lockMode?.toUpperCase() ?? null,
    archiveTier: ARCHIVE_TIERS[archiveTier ?? ''] ?? null,
    isContradictory: false,
  };
}
