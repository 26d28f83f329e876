import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { UnreachableError } from '../../../lib/errors/errors';
import { interruptedAfter } from '../../helpers/ops';
import { rejectionOf } from '../../helpers/rejection';
import { resetWorld, run, s3, ssm, VERSION } from './world';

const mockDiagnose = jest.fn();
jest.mock('../../../lib/ops/doctor/diagnose', () => ({ diagnose: (...args: unknown[]) => mockDiagnose(...args) }));

beforeEach(() => {
  resetWorld();
  mockDiagnose.mockReset().mockResolvedValue([]);
});

const head = () => s3.on(HeadObjectCommand, { VersionId: VERSION });
const puts = () => ssm.commandCalls(PutParameterCommand).map(({ args }) => args[0].input);

test.each([
  ['ok', 'COMPLETED', 0],
  ['failed', 'FAILED', 1],
])('a result "%s" takes the place of the one before, in the source account', async (result, status, code) => {
  head().resolves({ ReplicationStatus: status as 'COMPLETED' | 'FAILED' });
  const { exitCode, pair } = await run();

  expect(exitCode).toBe(code);
  expect(pair).toMatchObject({ recorded: true });
  expect(puts()).toEqual([
    {
      Name: '/backups/source/pairs/documents/last-verification',
      Description: 'Last result of ops verify for pair documents',
      Type: 'String',
      Overwrite: true,
      Value: JSON.stringify({ at: '2026-11-01T12:00:00.000Z', result }),
    },
  ]);
  expect(await accountOf(ssm.commandCalls(PutParameterCommand)[0]?.thisValue)).toBe('111111111111');
});

/** The account that a client of the tests asks as. */
async function accountOf(client: unknown): Promise<string> {
  const { config } = client as { config: { credentials: () => Promise<{ accessKeyId: string }> } };
  return (await config.credentials()).accessKeyId;
}

test('what could not be found out is not recorded', async () => {
  head().rejects(Object.assign(new Error('no'), { name: 'AccessDenied' }));
  const { exitCode, pair } = await run();

  expect(exitCode).toBe(3);
  expect(pair).toMatchObject({ status: 'UNKNOWN', recorded: false });
  expect(puts()).toEqual([]);
});

test('a round that is interrupted is not recorded', async () => {
  head().resolves({ ReplicationStatus: 'PENDING' });
  await rejectionOf(run({}, {}, interruptedAfter(5000)), UnreachableError);

  expect(puts()).toEqual([]);
});

test('who may not record is told so once, and the verdict stays', async () => {
  head().resolves({ ReplicationStatus: 'FAILED' });
  ssm.on(PutParameterCommand).rejects(new Error('not authorized to perform: ssm:PutParameter'));
  const { exitCode, data, recorded } = await run({ pairs: [{ id: 'documents' }, { id: 'documents-2' }] });

  expect(exitCode).toBe(1);
  expect(data.pairs).toMatchObject([{ recorded: false }, { recorded: false }]);
  expect(recorded.told.filter((line) => line.includes('recorded'))).toEqual([
    'the result could not be recorded for ops status: not authorized to perform: ssm:PutParameter',
  ]);
});

test('each round of a watch is recorded', async () => {
  const rounds = ['COMPLETED', 'FAILED'] as const;
  let next = 0;
  head().callsFake(() => ({ ReplicationStatus: rounds[next++ % 2] }));
  await run({}, { watch: '60' }, interruptedAfter(3_600_000));

  expect(puts().map(({ Value: value = '' }) => JSON.parse(value))).toEqual([
    { at: '2026-11-01T12:00:00.000Z', result: 'ok' },
    { at: '2026-11-01T13:00:00.000Z', result: 'failed' },
  ]);
});
