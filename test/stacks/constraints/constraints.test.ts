import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { addPipeline } from '../../../lib/stacks/pipeline/pipeline-stack';
import { templates, testApp } from '../../helpers/app';
import { validConfig } from '../../helpers/config';
import { recordedKey } from '../../helpers/templates';
import { VARIANTS } from '../../proof/variants';
import { type Constraint, isResolvedLater, type Place, type Properties, valuesAt } from './constraint';
import { CONSTRAINTS } from './constraints';

/** A resource of a synthesized template, and where it is. */
interface Found extends Place {
  readonly name: string;
  readonly type: string;
  readonly properties: Properties;
}

/** What is set inside of a policy, the simulator and the rule packs look at. */
const WHOLE = /(PolicyDocument|KeyPolicy)$/;

/** What stands in cdk.context.json when a configuration is synthesized. */
function recordedIn(keys: Record<string, unknown>): Record<string, string> {
  return keys['keyExchange'] === 'ssm' ? recordedKey(keys).context : {};
}

/** Tags are CloudFormation's, and the schema of the configuration knows their constraints. */
const inGroups: readonly Found[] = VARIANTS.flatMap(({ name: variant, config: keys }) => {
  const { source, destination } = validConfig(keys);
  const all = templates(keys, recordedIn(keys));
  const places = {
    source: source,
    destination,
    monitoring: { account: source.account, region: destination.region },
    sourceHealth: source,
    destinationHealth: { account: source.account, region: destination.region },
    heartbeat: source,
    backupHealth: destination,
    sourceDelivery: source,
    destinationDelivery: destination,
  };
  return Object.entries(places).flatMap(([stack, { account, region }]) => {
    const { Resources: held = {} } = (all[stack as keyof typeof places]?.toJSON() ?? {}) as { Resources?: Place['resources'] };
    return Object.entries(held).map(([id, { Type: type, Properties: properties = {} }]) => {
      return { name: `${variant}: ${stack} ${id}`, type, properties, account, region, resources: held };
    });
  });
});

/** What a pipeline is besides: its own stack, and those that hold its artifacts in other Regions. */
const inPipelines: readonly Found[] = VARIANTS.filter(({ config }) => config['pipeline'] !== undefined).flatMap(
  ({ name: variant, config: keys }) => {
    const config = validConfig(keys);
    const app = testApp(recordedIn(keys));
    addPipeline(app, config);
    const stacks = app.node
      .findAll()
      .filter((one): one is Stack => Stack.isStack(one) && one.account === config.pipeline?.account);
    return stacks.flatMap((stack) => {
      const { Resources: held = {} } = Template.fromStack(stack).toJSON() as { Resources?: Place['resources'] };
      return Object.entries(held).map(([id, { Type: type, Properties: properties = {} }]): Found => {
        const { account, region } = stack;
        return { name: `${variant}: ${stack.stackName} ${id}`, type, properties, account, region, resources: held };
      });
    });
  },
);

const resources: readonly Found[] = [...inGroups, ...inPipelines];

function pathsIn(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) {
    return value.flatMap((one) => pathsIn(one, `${path}[]`));
  }
  if (typeof value !== 'object' || value === null || isResolvedLater(value) || WHOLE.test(path)) {
    return [path];
  }
  return Object.entries(value).flatMap(([key, one]) => pathsIn(one, path === '' ? key : `${path}.${key}`));
}

/** The same properties with another value at a path. */
function withValue(properties: unknown, [step = '', ...rest]: readonly string[], value: unknown): unknown {
  const key = step.replace('[]', '');
  const held = (properties as Properties)[key];
  const inside = (one: unknown) => (rest.length === 0 ? value : withValue(one, rest, value));
  const [first, ...others] = step.endsWith('[]') ? (held as readonly unknown[]) : [];
  return { ...(properties as object), [key]: step.endsWith('[]') ? [inside(first), ...others] : inside(held) };
}

const isChecked = (row: (typeof CONSTRAINTS)[string][number]): row is Constraint => 'holds' in row;

const set = [...new Set(resources.flatMap(({ type, properties }) => pathsIn(properties).map((path) => `${type} ${path}`)))];
const rows = Object.entries(CONSTRAINTS).flatMap(([type, all]) =>
  all.map((row) => ({ type, row, first: row.properties[0] ?? '' })),
);
const checked = rows.flatMap(({ type, row, first }) =>
  isChecked(row) ? [[`${type} ${first}: ${row.says}`, { type, row, first }] as const] : [],
);

test('every property that a template sets has one row, and every row is of properties that one sets', () => {
  const known = rows.flatMap(({ type, row }) => row.properties.map((path) => `${type} ${path}`));

  expect(known.toSorted()).toEqual(
    set.filter((path) => !path.endsWith(' ') && !path.startsWith('AWS::CDK::Metadata')).toSorted(),
  );
});

test('every row names a page of AWS', () => {
  expect(rows.filter(({ row }) => !row.page.startsWith('https://docs.aws.amazon.com/'))).toEqual([]);
});

test.each(checked)('%s', (_, { type, row, first }) => {
  const ofType = resources.filter(
    (one) => one.type === type && row.properties.some((path) => valuesAt(one.properties, path).length > 0),
  );
  const broken = ofType.filter((one) => !row.holds(valuesAt(one.properties, first), one.properties, one));

  expect(broken.map(({ name }) => name)).toEqual([]);

  const one = ofType.find(({ properties }) => valuesAt(properties, first).length > 0) as Found;
  const wrong = withValue(one.properties, (row.at ?? first).split('.'), row.wrong) as Properties;
  expect(row.holds(valuesAt(wrong, first), wrong, one)).toBe(false);
});
