import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withSynthesis } from '../../../lib/cli/process/synthesis';

let directory: string;
const NEVER = new AbortController().signal;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'synthesis-'));
});

afterEach(() => rmSync(directory, { recursive: true }));

function app(script: string): void {
  writeFileSync(join(directory, 'app.js'), script);
  writeFileSync(join(directory, 'cdk.json'), JSON.stringify({ app: `"${process.execPath}" app.js` }));
}

test('an app is synthesized into a folder of its own, which is gone afterwards', async () => {
  app(`
    const { writeFileSync } = require('node:fs');
    const write = (name, value) => writeFileSync(process.env.CDK_OUTDIR + '/' + name, JSON.stringify(value));
    const stack = { type: 'aws:cloudformation:stack', environment: 'aws://111111111111/us-west-2', properties: { templateFile: 't.json' } };
    write('t.json', { Resources: {} });
    write('manifest.json', { version: '40.0.0', artifacts: { Stack: stack } });
  `);
  let output = '';
  const held = await withSynthesis(directory, NEVER, async (synthesize) => {
    output = await synthesize([]);
    return existsSync(join(output, 'manifest.json'));
  });

  expect(held).toBe(true);
  expect(existsSync(output)).toBe(false);
});

test('a stack that the app does not have is wrong usage', async () => {
  app(`
    const { writeFileSync } = require('node:fs');
    const stack = { type: 'aws:cloudformation:stack', environment: 'aws://111111111111/us-west-2', properties: { templateFile: 't.json' } };
    writeFileSync(process.env.CDK_OUTDIR + '/t.json', '{"Resources":{}}');
    writeFileSync(process.env.CDK_OUTDIR + '/manifest.json', JSON.stringify({ version: '40.0.0', artifacts: { Stack: stack } }));
  `);

  await expect(withSynthesis(directory, NEVER, (synthesize) => synthesize(['Stak']))).rejects.toMatchObject({
    name: 'UsageError',
    message: 'the app has no stack Stak',
  });
});

test('what an app that fails prints is shown', async () => {
  app('process.stderr.write("the configuration is wrong"); process.exitCode = 1;');

  await expect(withSynthesis(directory, NEVER, (synthesize) => synthesize([]))).rejects.toMatchObject({
    code: 'CommandFailed',
    message: expect.stringContaining('the configuration is wrong'),
  });
});
