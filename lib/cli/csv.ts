import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { messageOf, UsageError } from '../errors/errors';

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
   * @throws UsageError when the file cannot be written
   */
  static open<Column extends string>(file: string, columns: readonly Column[], keep: number): CsvFile<Column> {
    try {
      const csv = new CsvFile(file, openSync(file, keep === 0 ? 'w' : 'r+'), columns, keep);
      ftruncateSync(csv.descriptor, keep);
      if (keep === 0) {
        csv.append(line(columns));
      }
      return csv;
    } catch (error) {
      throw unwritable(file, error);
    }
  }

  /** Bytes written so far. */
  get size(): number {
    return this.length;
  }

  /** @throws UsageError when the file cannot be written; what was written before counts, and this does not */
  write(records: readonly Readonly<Record<Column, Value>>[]): void {
    if (records.length > 0) {
      this.append(records.map((record) => line(this.columns.map((column) => record[column]))).join(''));
    }
  }

  close(): void {
    closeSync(this.descriptor);
  }

  private append(text: string): void {
    const bytes = Buffer.from(text);
    try {
      for (let done = 0; done < bytes.length; ) {
        done += writeSync(this.descriptor, bytes, done, bytes.length - done, this.length + done);
      }
    } catch (error) {
      throw unwritable(this.file, error);
    }
    this.length += bytes.length;
  }
}

function unwritable(file: string, error: unknown): UsageError {
  return error instanceof UsageError
    ? error
    : new UsageError('NoCsv', `${file} cannot be written: ${messageOf(error)}`, 'name another file with --csv');
}

type Value = string | number | boolean | null;

/** One record. @see https://www.rfc-editor.org/rfc/rfc4180 */
function line(values: readonly Value[]): string {
  return `${values.map(field).join(',')}\r\n`;
}

/** Spreadsheets run text as a formula that begins so; a quote before it makes it text. Who writes objects chooses the keys. */
const FORMULA = /^[=+\-@\t\r]/;

function field(value: Value): string {
  if (typeof value !== 'string') {
    return value === null ? '' : String(value);
  }
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) || safe !== safe.trim() ? `"${safe.replaceAll('"', '""')}"` : safe;
}
