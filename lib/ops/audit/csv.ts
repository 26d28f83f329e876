import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { messageOf, UsageError } from '../../errors';
import type { Difference } from './result';

const COLUMNS = [
  'pair',
  'state',
  'wrong',
  'key',
  'versionId',
  'isLatest',
  'isDeleteMarker',
  'lastModified',
  'sourceSize',
  'replicaSize',
  'sourceClass',
  'replicaClass',
  'status',
  'why',
] as const satisfies readonly (keyof Difference)[];

/** Writes every difference into a file, as they are found. */
export class CsvFile {
  private constructor(
    private readonly descriptor: number,
    /** Bytes written so far. */
    private length: number,
  ) {}

  /**
   * @param keep bytes of an earlier run to go on after; 0 to begin anew
   * @throws UsageError when the file cannot be written
   */
  static open(file: string, keep: number): CsvFile {
    try {
      const csv = new CsvFile(openSync(file, keep === 0 ? 'w' : 'r+'), keep);
      ftruncateSync(csv.descriptor, keep);
      if (keep === 0) {
        csv.append(line(COLUMNS));
      }
      return csv;
    } catch (error) {
      throw new UsageError('NoCsv', `${file} cannot be written: ${messageOf(error)}`, 'name another file with --csv');
    }
  }

  /** Bytes written so far. */
  get size(): number {
    return this.length;
  }

  write(differences: readonly Difference[]): void {
    if (differences.length > 0) {
      this.append(differences.map((difference) => line(COLUMNS.map((column) => difference[column]))).join(''));
    }
  }

  close(): void {
    closeSync(this.descriptor);
  }

  private append(text: string): void {
    const bytes = Buffer.from(text);
    for (let done = 0; done < bytes.length; ) {
      done += writeSync(this.descriptor, bytes, done, bytes.length - done, this.length + done);
    }
    this.length += bytes.length;
  }
}

/** One record. @see https://www.rfc-editor.org/rfc/rfc4180 */
export function line(values: readonly (string | number | boolean | null)[]): string {
  return `${values.map(field).join(',')}\r\n`;
}

/** Spreadsheets run text as a formula that begins so; a quote before it makes it text. Who writes objects chooses the keys. */
const FORMULA = /^[=+\-@\t\r]/;

function field(value: string | number | boolean | null): string {
  if (typeof value !== 'string') {
    return value === null ? '' : String(value);
  }
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) || safe !== safe.trim() ? `"${safe.replaceAll('"', '""')}"` : safe;
}
