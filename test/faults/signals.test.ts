import { resolve } from 'node:path';
import { ALWAYS } from '../helpers/fake-s3/faults';
import { finish, startScript } from '../helpers/process';
import { FaultWorld, REPLICA } from './world';

const world = new FaultWorld();
beforeAll(() => world.open());
afterAll(() => world.close());
beforeEach(() => world.reset());

/** Starts a command in a process of its own, in the folder of the deployment. */
function start(...argv: readonly string[]) {
  const NODE_OPTIONS = `--require ${resolve(__dirname, 'lookup.cjs')}`;
  return startScript(['bin/s3-replication.ts', ...argv, '--yes'], { NODE_OPTIONS, INIT_CWD: world.folder });
}

test.each([
  ['SIGINT', 130, 'audit --deep 100', 'backup: s3 HeadObject'],
  ['SIGTERM', 143, 'restore', 'backup: s3 GetObject'],
] as const)('%s ends a process with %d: %s, which waits for an answer', async (signal, code, line, step) => {
  const [command = '', ...words] = line.split(' ');
  if (command === 'restore') {
    world.lose();
  }
  const child = start(command, ...words);
  let sent = 0;
  world.fault(
    step,
    {
      choose: () => {
        sent ||= performance.now();
        child.kill(signal);
        return 'hang';
      },
    },
    { times: ALWAYS },
  );
  const ended = await finish(child);
  expect(performance.now() - sent).toBeLessThan(6000);
  expect(ended).toMatchObject({ code, stderr: expect.stringContaining('--resume') });
  expect(ended.stderr).not.toMatch(/Warning|^\s+at /m);
  expect(Object.keys(world.files())).toContain(`.s3-replication-${command}.json`);
});

test('a command with many requests at once leaves no listener behind: Node.js warns of none', async () => {
  for (let index = 0; index < 60; index += 1) {
    const body = Buffer.from('first second');
    const parts = index % 2 === 0 ? { parts: [body.subarray(0, 6), body.subarray(6)] } : {};
    world.aws.put(REPLICA, `more-${index}`, { body, ...parts });
  }
  const { code, stderr } = await finish(start('restore'));
  expect([code, stderr]).toEqual([0, expect.not.stringContaining('Warning')]);
});
