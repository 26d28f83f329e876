import { SIDES } from '../../lib/config/replication-config';
import { githubAudience, githubPermissions, githubPolicies, githubTrust } from '../../lib/model/delivery';
import { GITHUB_JOBS } from '../../lib/model/names';
import { roleStatements } from '../../lib/model/policies';
import { DEFAULT_QUALIFIER } from '../../lib/model/toolkit';
import { DELIVERY, validConfig } from '../helpers/config';

test('each role trusts one environment of the repository: that which deploys has the name, the others continue it', () => {
  const subjects = GITHUB_JOBS.map(
    (job) => githubTrust(validConfig(DELIVERY), job).StringEquals['token.actions.githubusercontent.com:sub'],
  );

  expect(subjects).toEqual([
    'repo:example/backups:environment:backup-plan',
    'repo:example/backups:environment:backup',
    'repo:example/backups:environment:backup-operate',
    'repo:example/backups:environment:backup-drill',
  ]);
});

test.each([
  ['us-west-2', 'sts.amazonaws.com'],
  ['us-gov-west-1', 'sts.amazonaws.com'],
  ['cn-north-1', 'sts.amazonaws.com.cn'],
])('tokens for %s are made out to %s', (region, audience) => {
  expect(githubAudience(region)).toBe(audience);
});

describe.each(SIDES.flatMap((side) => GITHUB_JOBS.map((job) => [side, job] as const)))(
  'of the %s, the role that may %s',
  (side, job) => {
    const length = (permissions: Parameters<typeof roleStatements>[0]) =>
      JSON.stringify({ Version: '2012-10-17', Statement: roleStatements(permissions) }).length;
    const config = (count: number) =>
      validConfig({
        ...DELIVERY,
        pairs: Array.from({ length: count }, (_, index) => ({ id: `a-pair-of-buckets-${index}`, group: `group-${index % 10}` })),
      });

    test('has one policy for a few pairs, with the whole table', () => {
      const few = validConfig({ ...DELIVERY, pairs: [{ id: 'a' }, { id: 'b', group: 'archive' }] });

      expect(githubPolicies(few, side, job, DEFAULT_QUALIFIER)).toEqual([githubPermissions(few, side, job, DEFAULT_QUALIFIER)]);
    });

    test('has as many as IAM needs them to be for many, and they grant the same', () => {
      const many = config(250);
      const policies = githubPolicies(many, side, job, DEFAULT_QUALIFIER);
      const grants = (permissions: Parameters<typeof roleStatements>[0]) =>
        permissions.flatMap(({ actions, resources, conditions }) =>
          resources.map((resource) => JSON.stringify([actions, resource, conditions])),
        );

      expect(policies.filter((permissions) => length(permissions) > 6144)).toEqual([]);
      expect(policies.length).toBeLessThanOrEqual(10);
      expect(policies.flatMap(grants)).toEqual(grants(githubPermissions(many, side, job, DEFAULT_QUALIFIER)));
      for (const permissions of policies) {
        const sids = permissions.map(({ sid }) => sid);
        expect(new Set(sids).size).toBe(sids.length);
      }
    });
  },
);
