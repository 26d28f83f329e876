import { createHash } from 'node:crypto';
import { AppError } from '../../errors/errors';
import { assertReplaceable, type FileWords, replaceFile } from '../files';
import { html, Markup } from './elements';
import { SCRIPT } from './script';
import { STYLE } from './style';

/** The browser loads nothing from anywhere, and runs this script only: what gets into the page as a key stays a key. */
const POLICY = [
  "default-src 'none'",
  `style-src ${hash(STYLE)}`,
  `script-src ${hash(SCRIPT)}`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

function hash(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** One page with everything in it, for `--html`. It sends no request. */
export function htmlPage(heading: string, time: string, body: Markup): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Markup(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${heading}, ${time}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<main>
<h1>${heading}</h1>
${body}</main>
<script>${new Markup(SCRIPT)}</script>
</body>
</html>
`;
  return page.text;
}

const WORDS: FileWords = { code: 'NoHtml', hint: 'name another file with --html' };

/**
 * Checks before the work whether the page can be written.
 *
 * @throws UsageError when it cannot
 */
export function assertPageWritable(file: string | undefined): void {
  if (file !== undefined) {
    assertReplaceable(file, WORDS);
  }
}

/** @returns why the page could not be written, if so: the command has its result without it */
export function writePage(file: string | undefined, page: () => string): AppError[] {
  try {
    if (file !== undefined) {
      replaceFile(file, page(), WORDS);
    }
    return [];
  } catch (error) {
    if (error instanceof AppError) {
      return [error];
    }
    throw error;
  }
}
