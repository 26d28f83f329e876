import { closeSync, openSync, writeFileSync } from 'node:fs';
import { messageOf, UsageError } from '../../errors/errors';
import { htmlReport } from './html/page';
import type { AuditReport } from './result';

/** The file that takes the report as a page. Whether it can be written shows before hours of work. */
export class ReportFile {
  private constructor(private readonly file: string) {}

  /** @throws UsageError when the file cannot be written */
  static open(file: string): ReportFile {
    try {
      closeSync(openSync(file, 'a'));
      return new ReportFile(file);
    } catch (error) {
      throw new UsageError('NoHtml', `${file} cannot be written: ${messageOf(error)}`, 'name another file with --html');
    }
  }

  write(report: AuditReport): void {
    writeFileSync(this.file, htmlReport(report));
  }
}
