import { SIDES } from '../../../config/replication-config';
import { alarmPlaces, alarmsIn, MOST_COMPOSITE_CHILDREN, watchesBackup } from '../../../model/alarms';
import { type DeployedPair, type Deployment, groupsOf } from '../../../model/deployment';
import { type AlarmPlace, alarmSide } from '../../../model/names';
import { exactly, present, type Quantity } from './quantity';

/** What watches a pair: the metrics of its rule, which CloudWatch bills as custom metrics, and an alarm on each. */
export function pairWatchingQuantities(config: Deployment, pair: DeployedPair): Quantity[] {
  return present(
    alarmPlaces(config).flatMap((place): Quantity[] => {
      const { region } = alarmSide(config, place);
      const alarms = alarmsIn(config, place, [pair]);
      // Those of SQS are not billed.
      const metrics = [...new Set(alarms.filter(({ namespace }) => namespace === 'AWS/S3').map(({ metric }) => metric))];
      return [
        {
          id: `metrics-${place}`,
          item: `replication metrics in ${region}`,
          price: { id: 'cloudwatch-metric', region },
          amount: exactly(metrics.length),
          formula: metrics.join(' + '),
        },
        {
          id: `alarms-${place}`,
          item: `alarms ${inWords(config, place)}`,
          price: { id: 'cloudwatch-alarm', region },
          amount: exactly(alarms.length),
          formula: alarms.map(({ kind }) => kind).join(' + '),
        },
      ];
    }),
  );
}

/** What watches all pairs together, for each group. */
export function sharedWatchingQuantities(config: Deployment): Quantity[] {
  const groups = groupsOf(config);
  const watched = groups.filter(watchesBackup);
  return present([
    ...alarmPlaces(config).map((place) => compositeAlarms(place === 'backup' ? watched : groups, config, place)),
    {
      id: 'dashboard',
      item: 'dashboard',
      price: { id: 'cloudwatch-dashboard', region: config.source.region },
      amount: exactly(config.monitoring.dashboard ? groups.length : 0),
      formula: groups.length === 1 ? '1 dashboard' : `${groups.length} dashboards, one for each group`,
    },
    {
      id: 'dashboard-backup',
      item: 'dashboard of the backup account',
      price: { id: 'cloudwatch-dashboard', region: config.destination.region },
      amount: exactly(config.monitoring.dashboard ? watched.length : 0),
      formula:
        watched.length === 1
          ? '1 dashboard'
          : `${watched.length} dashboards, one for each group that has a heartbeat or a witness`,
    },
  ]);
}

function inWords(config: Deployment, place: AlarmPlace): string {
  return place === 'backup' ? 'of the backup account' : `in ${config[place].region}`;
}

function compositeAlarms(groups: readonly Deployment[], config: Deployment, place: AlarmPlace): Quantity {
  const { region } = alarmSide(config, place);
  const alarms = groups.map((group) => {
    const children = alarmsIn(group, place).length;
    const parts = children > MOST_COMPOSITE_CHILDREN ? Math.ceil(children / MOST_COMPOSITE_CHILDREN) : 0;
    return { count: parts + 1, formula: parts === 0 ? '1' : `1 + ${children} alarms / ${MOST_COMPOSITE_CHILDREN}, rounded up` };
  });
  return {
    id: `composite-alarms-${place}`,
    item: `composite alarms ${inWords(config, place)}`,
    price: { id: 'cloudwatch-composite-alarm', region },
    amount: exactly(alarms.reduce((sum, { count }) => sum + count, 0)),
    formula: alarms.map(({ formula }) => formula).join(' + '),
  };
}

/** What a key costs at most, as a multiple of a key that was never rotated: the first two rotations each add as much again. */
const MOST_AFTER_ROTATIONS = 3;

/**
 * Keys of a month: those of the buckets, but for a replica key that is owned elsewhere, and those of the notifications in each region, for each
 * group, and those of the pipeline.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html
 */
export function keyQuantities(config: Deployment): Quantity[] {
  const topics = new Set(SIDES.map((side) => config[side].region));
  const groups = groupsOf(config).length;
  const watched = groupsOf(config).filter(watchesBackup).length;
  const each = groups === 1 ? '1 key' : `${groups} keys, one for each group`;
  return present([
    keys('source-key', 'source key', config.source.region, groups, each),
    keys('replica-key', 'replica key', config.destination.region, config.destination.keyArn === undefined ? groups : 0, each),
    ...[...topics].map((region) => keys('notification-key', `key of the notifications in ${region}`, region, groups, each)),
    keys(
      'backup-notification-key',
      'key of the notifications of the backup account',
      config.destination.region,
      watched,
      watched === 1 ? '1 key' : `${watched} keys, one for each group that has a heartbeat or a witness`,
    ),
    ...pipelineKeys(config),
  ]);
}

/** One for logs and notices, and one for what builds hand on in each region that the pipeline deploys to or is in. */
function pipelineKeys(config: Deployment): Quantity[] {
  const { pipeline } = config;
  if (pipeline === undefined) {
    return [];
  }
  const regions = new Set([pipeline.region, ...SIDES.map((side) => config[side].region)]);
  return [
    keys('pipeline-key', 'key of the pipeline', pipeline.region, 1, '1 key'),
    ...[...regions].map((region) => keys('pipeline-artifact-key', `key of build artifacts in ${region}`, region, 1, '1 key')),
  ];
}

function keys(id: string, item: string, region: string, count: number, formula: string): Quantity {
  return {
    id,
    item,
    price: { id: 'kms-key', region },
    amount: { least: count, most: count * MOST_AFTER_ROTATIONS },
    formula: `${formula}, billed as 3 after its second rotation`,
  };
}

/** What runs of the pipeline take: how many minutes depends on how often somebody pushes, so the lines stay open. */
export function pipelineQuantities({ pipeline }: Deployment): Quantity[] {
  if (pipeline === undefined) {
    return [];
  }
  const { region } = pipeline;
  const formula = 'minutes of each run × runs, which neither the configuration nor the workload tells';
  return [
    {
      id: 'pipeline-actions',
      item: 'CodePipeline, minutes of actions',
      price: { id: 'codepipeline-minutes', region },
      amount: null,
      formula,
    },
    {
      id: 'pipeline-builds',
      item: 'CodeBuild, minutes of builds',
      price: { id: 'codebuild-minutes', region },
      amount: null,
      formula,
    },
  ];
}
