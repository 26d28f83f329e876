import { accessSync, constants, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, UsageError } from '../../../errors/errors';
import type { DrillReport } from '../report';
import { markdownReport } from '../report-files';

/**
 * Makes the folder of reports. Whether it takes files shows before anything is restored.
 *
 * @throws UsageError when it does not
 */
export function openFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw cannotWrite(folder, error);
  }
}

/**
 * Writes the report of one pair, twice.
 *
 * @returns both files
 * @throws UsageError when they cannot be written
 */
export function writeReport(folder: string, report: DrillReport): string[] {
  const time = report.startedAt.replaceAll(/\.\d+|[-:]/g, '');
  const name = `drill-${time}-${report.pair}`;
  return [
    write(join(folder, `${name}.json`), `${JSON.stringify(report, null, 2)}\n`),
    write(join(folder, `${name}.md`), markdownReport(report)),
  ];
}

/** In one step: a reader finds all of it or nothing. */
function write(file: string, text: string): string {
  const draft = `${file}.new`;
  try {
    writeFileSync(draft, text, { flush: true });
    renameSync(draft, file);
    return file;
  } catch (error) {
    rmSync(draft, { force: true });
    throw cannotWrite(file, error);
  }
}

function cannotWrite(path: string, error: unknown): UsageError {
  return new UsageError('NoReport', `${path} cannot be written: ${messageOf(error)}`, 'name another folder with --report');
}
