import { closeSync, fstatSync, fsyncSync, ftruncateSync, readSync } from 'node:fs';
import { UsageError } from '../errors/errors';
import { visible } from '../errors/visible';
import { type FileWords, openRegularFile, replaceFile, unwritable, writeAt } from './files';

const WORDS: FileWords = { code: 'NoCsv', hint: 'name another file with --csv' };

/** Appends records to a file as they are found, under a line with the names of their columns. */
export class CsvFile<Column extends string> {
  private constructor(
    private readonly file: string,
    private readonly descriptor: number,
    private readonly columns: readonly Column[],
    /** Bytes written so far. */
    private length: number,
  ) {}

  /**
   * @param keep bytes of an earlier run to go on after; 0 to begin anew
   * @throws UsageError when the file cannot be written, and when it does not have what the earlier run wrote; it is unchanged then
   */
  static open<Column extends string>(file: string, columns: readonly Column[], keep: number): CsvFile<Column> {
    const header = `${columns.join(',')}\r\n`;
    if (keep === 0) {
      replaceFile(file, header, WORDS);
    }
    let descriptor: number;
    try {
      descriptor = openRegularFile(file);
    } catch (error) {
      throw unwritable(file, error, WORDS);
    }
    const length = keep === 0 ? Buffer.byteLength(header) : keep;
    try {
      assertHolds(descriptor, file, header, length);
      ftruncateSync(descriptor, length);
    } catch (error) {
      closeSync(descriptor);
      throw unwritable(file, error, WORDS);
    }
    return new CsvFile(file, descriptor, columns, length);
  }

  /** Bytes written so far. */
  get size(): number {
    return this.length;
  }

  /** @throws UsageError when the file cannot be written; what was written before counts, and this does not */
  write(records: readonly Readonly<Record<Column, Value>>[]): void {
    const bytes = Buffer.from(records.map((record) => line(this.columns.map((column) => record[column]))).join(''));
    try {
      writeAt(this.descriptor, bytes, this.length);
    } catch (error) {
      this.forgetHalfRecords();
      throw unwritable(this.file, error, WORDS);
    }
    this.length += bytes.length;
  }

  /**
   * Brings what was written to the disk itself: to be called before a checkpoint counts on it.
   * @throws UsageError when the disk does not take it
   */
  sync(): void {
    try {
      fsyncSync(this.descriptor);
    } catch (error) {
      throw unwritable(this.file, error, WORDS);
    }
  }

  close(): void {
    closeSync(this.descriptor);
  }

  /** Half a record would be read as one. */
  private forgetHalfRecords(): void {
    try {
      ftruncateSync(this.descriptor, this.length);
    } catch {
      // The error of the record itself is told.
    }
  }
}

/** @throws UsageError when a file does not have the bytes that an earlier run wrote: to go on after them would make the rest up */
function assertHolds(descriptor: number, file: string, header: string, length: number): void {
  const { size } = fstatSync(descriptor);
  const bytesAt = (position: number, count: number) => {
    const bytes = Buffer.alloc(count);
    readSync(descriptor, bytes, 0, count, position);
    return bytes.toString();
  };
  const problem =
    size < length
      ? `has ${size} bytes, and the interrupted run wrote ${length}`
      : bytesAt(0, Buffer.byteLength(header)) !== header || bytesAt(length - 2, 2) !== '\r\n'
        ? 'is not the file that the interrupted run wrote'
        : undefined;
  if (problem !== undefined) {
    throw new UsageError('OtherCsv', `${file} ${problem}`, 'put that file back, or leave --resume out to begin anew');
  }
}

type Value = string | number | boolean | null;

/** One record. @see https://www.rfc-editor.org/rfc/rfc4180 */
function line(values: readonly Value[]): string {
  return `${values.map(field).join(',')}\r\n`;
}

/**
 * Spreadsheets run text as a formula that begins so, some after blanks, and some with the full-width signs of East Asian keyboards. A quote
 * before it makes it text. Whoever writes objects chooses the keys.
 *
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
const FORMULA = /^[\s\p{C}]*[=+\-@＝＋－＠]|^[\t\r\n]/u;

/** Text is always in quotes: what separates fields in another locale does not separate them here. */
function field(value: Value): string {
  if (typeof value !== 'string') {
    return value === null ? '' : String(value);
  }
  const text = visible(value).replaceAll('"', '""');
  return `"${FORMULA.test(value) ? "'" : ''}${text}"`;
}
