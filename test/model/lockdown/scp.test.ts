import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { LIMITS } from '../../../lib/model/limits';
import { lockdownScp, type ScpOptions, scpText } from '../../../lib/model/lockdown/scp';
import { DEFAULT_QUALIFIER } from '../../../lib/model/toolkit';
import { LOCKDOWN, validConfig } from '../../helpers/config';

/*
 * What it refuses, and to whom, is proven with the policies of buckets and keys in test/proof.
 */

const PAGE = resolve(__dirname, '../../../docs/scp-lockdown.json');

function textOf(keys: Record<string, unknown> = {}, options: ScpOptions = { qualifier: DEFAULT_QUALIFIER }): string {
  const config = validConfig({ ...LOCKDOWN, ...keys });
  return scpText(lockdownScp(config, config.lockdown ?? LOCKDOWN.lockdown, options));
}

test('docs/scp-lockdown.json is the policy for the example configuration', () => {
  if (process.env['UPDATE_DOCS'] === 'true') {
    writeFileSync(PAGE, textOf());
  }

  expect(readFileSync(PAGE, 'utf8')).toBe(textOf());
});

test('the text is the policy as JSON, one statement on a line', () => {
  const text = textOf();
  const { Statement } = JSON.parse(text) as { Statement: { Sid: string }[] };

  expect(text.trimEnd().split('\n')).toHaveLength(Statement.length + 2);
  expect(new Set(Statement.map(({ Sid }) => Sid)).size).toBe(Statement.length);
});

test('Organizations takes it with the longest names, and with a role of IAM Identity Center that deploys', () => {
  const account = '222222222222';
  const text = textOf(
    {
      deployment: 'a'.repeat(31),
      pairs: [{ id: 'a' }],
      destination: { region: 'ap-southeast-3' },
      source: { region: 'us-east-1' },
      bucketNamespace: 'global',
      lockdown: { breakGlassRoleArn: `arn:aws:iam::${account}:role/${'b'.repeat(64)}` },
    },
    {
      qualifier: 'q'.repeat(10),
      deployers: [
        `arn:aws:iam::${account}:role/aws-reserved/sso.amazonaws.com/ap-southeast-3/AWSReservedSSO_BackupDeployer_0123456789abcdef`,
      ],
    },
  );

  expect(text.length).toBeLessThanOrEqual(LIMITS.serviceControlPolicy.most);
});

test('one policy serves every group, and a new pair needs no new one', () => {
  expect(textOf({ pairs: [{ id: 'a' }, { id: 'b', group: 'archive' }] })).toBe(textOf());
});

test('another qualifier of the bootstrap is another policy', () => {
  expect(textOf({}, { qualifier: 'vault42' })).toBe(textOf().replaceAll(DEFAULT_QUALIFIER, 'vault42'));
});
