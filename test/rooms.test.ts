import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const LIB = resolve(__dirname, '../lib');

/** The rooms of lib, and what each may import besides itself. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  config: ['errors'],
  model: ['errors', 'config'],
  stacks: ['errors', 'config', 'model'],
  handler: ['errors', 'config', 'model'],
  app: ['errors', 'config', 'model', 'stacks'],
  aws: ['errors', 'config', 'model'],
  // The context of a command carries its AWS clients.
  cli: ['errors', 'config', 'model', 'aws'],
  ops: ['errors', 'config', 'model', 'aws', 'cli'],
  // A plan looks at a source bucket of others as the function does.
  deploy: ['errors', 'config', 'model', 'handler', 'aws', 'cli'],
  local: ['errors', 'config', 'model', 'aws', 'cli'],
  'credential-plugin': ['errors', 'config', 'model', 'aws', 'cli'],
};

/** Packages that only some rooms may import. */
const PACKAGES: readonly { readonly name: RegExp; readonly rooms: readonly string[] }[] = [
  { name: /^(aws-cdk-lib|constructs|cdk-nag)(\/|$)/, rooms: ['stacks', 'app'] },
  {
    name: /^(@aws-sdk\/(client-|credential-providers)|@smithy\/|undici$)/,
    rooms: ['aws', 'handler', 'ops', 'deploy', 'local', 'credential-plugin'],
  },
];

/** Files beside lib that any room may import. */
const BESIDE = ['../package.json', '../bin/typescript.js'];

const IMPORT = /(?:\bfrom\s+|\bimport\s+|\b(?:require|import)\(\s*)(['"`])([^'"`]+)\1/g;

interface Import {
  readonly file: string;
  readonly room: string;
  readonly target: string;
}

const FILES = readdirSync(LIB, { recursive: true, encoding: 'utf8' }).filter((path) => statSync(join(LIB, path)).isFile());
const IMPORTS = FILES.filter((file) => /\.[jt]s$/.test(file)).flatMap(importsOf);

function roomOf(path: string): string {
  return path.split('/')[0] ?? '';
}

/** Every `import`, `require` and `import()` of a file, types too. */
function importsOf(file: string): Import[] {
  const text = readFileSync(join(LIB, file), 'utf8');
  return [...text.matchAll(IMPORT)].map(([, , target = '']) => ({ file, room: roomOf(file), target }));
}

/** The file that a relative import means, from lib. */
function fileOf({ file, target }: Import): string {
  const path = resolve(LIB, dirname(file), target);
  const found = ['', '.ts', '.js', '/index.ts', '/index.js'].map((end) => path + end).find((candidate) => isFile(candidate));
  if (found === undefined) {
    throw new Error(`${file} imports ${target}, which is not there`);
  }
  return relative(LIB, found);
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}

test('every file of lib is in a room', () => {
  expect(FILES.filter((file) => ROOMS[roomOf(file)] === undefined)).toEqual([]);
});

test('every room imports only rooms that it may import', () => {
  const wrong = IMPORTS.filter(({ target }) => target.startsWith('.'))
    .map((each) => ({ ...each, to: fileOf(each) }))
    .filter(({ room, to }) => !BESIDE.includes(to) && ![room, ...(ROOMS[room] ?? [])].includes(roomOf(to)));

  expect(wrong.map(({ file, to }) => `${file} imports ${to}`)).toEqual([]);
});

test('the CDK and the AWS SDK are imported only where they belong', () => {
  const wrong = IMPORTS.filter(({ room, target }) =>
    PACKAGES.some(({ name, rooms }) => name.test(target) && !rooms.includes(room)),
  );

  expect(wrong.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
});

test.each([
  ["import { App } from 'aws-cdk-lib';", 'aws-cdk-lib'],
  ["const { S3Client } = require('@aws-sdk/client-s3') as typeof import('@aws-sdk/client-s3');", '@aws-sdk/client-s3'],
  ["import 'constructs';", 'constructs'],
  ["await import('../stacks/replication');", '../stacks/replication'],
])('an import is seen in %s', (text, target) => {
  expect([...text.matchAll(IMPORT)].map((match) => match[2])).toContain(target);
});
