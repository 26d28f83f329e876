import { Cursor, type KeyRange, type Stream } from '../../../aws/listing/cursor';
import { compareKeys } from '../../../aws/listing/key-order';
import type { Entry } from '../../../aws/listing/page';
import type { OwnedBucket } from '../../copy/model';
import type { DuckDb } from '../../inventory/duckdb';
import { named, type Row } from '../../inventory/sql';
import { CHOSEN, type Choice, partsSql, rangeSql } from './sql';

/** Rows of a part at least, and parts at most: each is a range of keys, in which the target is listed. */
const LEAST_ROWS = 10_000;
const MOST_PARTS = 256;

/** The versions of one pair, as a table from which each range of keys is chosen when it is read. */
export class ChosenTable {
  private constructor(
    private readonly database: DuckDb,
    private readonly name: string,
    private readonly choice: Choice,
    private readonly rows: number,
    /** First and last key of each part, so that a range reads no other one. */
    private readonly parts: readonly { readonly first: string; readonly last: string }[],
  ) {}

  /**
   * @param sql the rows, in the order of keys
   * @param leastRows of a part
   * @throws UnreachableError when DuckDB fails, or the person interrupts
   */
  static async make(database: DuckDb, name: string, sql: string, choice: Choice, leastRows = LEAST_ROWS): Promise<ChosenTable> {
    await database.derive(name, sql);
    const [[count] = []] = await all(database, `SELECT count(*) FROM ${name}`);
    const rows = Math.max(leastRows, Math.ceil(Number(count) / MOST_PARTS));
    const parts = await all(database, partsSql(name, rows));
    return new ChosenTable(
      database,
      name,
      choice,
      rows,
      parts.map(([first, last]) => ({ first: first ?? '', last: last ?? '' })),
    );
  }

  /** Ranges of keys that divide the work. Together they hold every key there may be. */
  ranges(): KeyRange[] {
    const ends = [...new Set(this.parts.slice(0, -1).map(({ last }) => last))].toSorted(compareKeys);
    return [...ends, undefined].map((to, index) => ({ from: ends[index - 1] ?? '', to }));
  }

  /** Reads what may be chosen of a range, in the order of keys. */
  async *read({ from, to }: KeyRange): AsyncGenerator<readonly Row[], void> {
    const isIn = ({ first, last }: { readonly first: string; readonly last: string }) =>
      compareKeys(last, from) > 0 && (to === undefined || compareKeys(first, to) <= 0);
    const [begin, end] = [this.parts.findIndex(isIn), this.parts.findLastIndex(isIn) + 1];
    if (begin !== -1) {
      const sql = rangeSql(this.name, this.choice, begin * this.rows, end * this.rows, to !== undefined);
      yield* this.database.read(sql, to === undefined ? [from] : [from, to]);
    }
  }
}

async function all(database: DuckDb, sql: string): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const some of database.read(sql)) {
    rows.push(...some);
  }
  return rows;
}

/** What a report leaves of each key of a range, as a listing would have it. */
export class ReportStream implements Stream {
  private readonly coming: AsyncGenerator<readonly Entry[], void>;
  private entries: readonly Entry[] = [];
  private index = 0;

  /** @param bucket is asked about a key for which the report leaves open what is newest */
  constructor(
    private readonly table: () => Promise<ChosenTable>,
    private readonly range: KeyRange,
    private readonly bucket: OwnedBucket,
    private readonly choice: Choice,
  ) {
    this.coming = this.keyByKey();
  }

  get current(): Entry | undefined {
    return this.entries[this.index];
  }

  advance(): void {
    this.index += 1;
  }

  /** @throws AppError when DuckDB fails, S3 gives no answer, or the person interrupts */
  async load(): Promise<void> {
    while (this.index >= this.entries.length) {
      const { value, done } = await this.coming.next();
      if (done === true) {
        return;
      }
      this.entries = value;
      this.index = 0;
    }
  }

  /** To be called when nothing more is read. */
  async close(): Promise<void> {
    await this.coming.return();
  }

  private async *keyByKey(): AsyncGenerator<readonly Entry[], void> {
    const table = await this.table();
    let ofKey: Chosen[] = [];
    for await (const rows of table.read(this.range)) {
      const entries: Entry[] = [];
      for (const row of rows.map(chosenOf)) {
        if (ofKey[0] !== undefined && ofKey[0].entry.key !== row.entry.key) {
          entries.push(...(await this.settled(ofKey)));
          ofKey = [];
        }
        ofKey.push(row);
      }
      yield entries;
    }
    yield await this.settled(ofKey);
  }

  /** A report has no order: of two versions of the same time it may leave open which is newer, and it may contradict itself. S3 knows. */
  private async settled(rows: readonly Chosen[]): Promise<readonly Entry[]> {
    const different = [...new Map(rows.map((row) => [row.text, row])).values()];
    const entries = different.map(({ entry }) => entry);
    const places = different.filter(({ entry }) => this.existed(entry)).map(({ place }) => place);
    if (new Set(places).size === places.length && different.every(({ isWhole }) => isWhole)) {
      return entries;
    }
    const listed = await this.list(entries[0]?.key ?? '');
    // A key that is gone is still asked for: then its copy fails, and is named.
    return listed.length === 0 ? entries : listed;
  }

  private existed({ lastModified }: Entry): boolean {
    const { asOf } = this.choice;
    return asOf === undefined || Date.parse(lastModified) <= asOf;
  }

  private async list(key: string): Promise<Entry[]> {
    const cursor = new Cursor({ ...this.bucket, prefix: key }, { from: '', to: key }, this.choice.ignored);
    const entries: Entry[] = [];
    for (await cursor.load(); cursor.current !== undefined; await cursor.load()) {
      entries.push(cursor.current);
      cursor.advance();
    }
    return entries;
  }
}

interface Chosen {
  readonly entry: Entry;
  /** The row as text, to compare it with another one. */
  readonly text: string;
  /** Two rows of the same place are in no order. */
  readonly place: string;
  /** Whether the row says what a listing would. */
  readonly isWhole: boolean;
}

const SECOND = 1000;

function chosenOf(row: Row): Chosen {
  const values = named(CHOSEN, row);
  const isMarker = values.is_marker === 'true';
  const modified = Number(values.modified);
  return {
    entry: {
      key: values.key ?? '',
      versionId: values.version ?? 'null',
      isLatest: values.is_latest === 'true',
      isDeleteMarker: isMarker,
      // As a listing has it.
      lastModified: new Date(modified - (modified % SECOND)).toISOString(),
      size: isMarker ? 0 : Number(values.size),
      storageClass: isMarker ? '' : (values.storage_class ?? 'STANDARD'),
    },
    text: row.join('\n'),
    place: `${values.modified} ${values.is_latest}`,
    isWhole: values.modified !== null && (isMarker || values.size !== null),
  };
}
