import type { Pair, ReplicationConfig, SideName } from '../../../config/replication-config';
import { SIDES } from '../../../config/replication-config';
import { groupsOf } from '../../../model/groups';
import { alarmsIn, alarmsOf, MOST_COMPOSITE_CHILDREN } from '../../../model/monitoring/alarms';
import { exactly, present, type Quantity } from './quantity';

/** What watches a pair: the metrics of its rule, which CloudWatch bills as custom metrics, and an alarm on each. */
export function pairWatchingQuantities(config: ReplicationConfig, pair: Pair): Quantity[] {
  return present(
    SIDES.flatMap((side): Quantity[] => {
      const { region } = config[side];
      const alarms = alarmsOf(config, pair).filter((alarm) => alarm.region === side);
      const metrics = [...new Set(alarms.map(({ metric }) => metric))];
      return [
        {
          id: `metrics-${side}`,
          item: `replication metrics in ${region}`,
          price: { id: 'cloudwatch-metric', region },
          amount: exactly(metrics.length),
          formula: metrics.join(' + '),
        },
        {
          id: `alarms-${side}`,
          item: `alarms in ${region}`,
          price: { id: 'cloudwatch-alarm', region },
          amount: exactly(alarms.length),
          formula: alarms.map(({ kind }) => kind).join(' + '),
        },
      ];
    }),
  );
}

/** What watches all pairs together, for each group. */
export function sharedWatchingQuantities(config: ReplicationConfig): Quantity[] {
  const groups = groupsOf(config);
  return present([
    ...SIDES.map((side) => compositeAlarms(groups, config, side)),
    {
      id: 'dashboard',
      item: 'dashboard',
      price: { id: 'cloudwatch-dashboard', region: config.source.region },
      amount: exactly(config.monitoring.dashboard ? groups.length : 0),
      formula: groups.length === 1 ? '1 dashboard' : `${groups.length} dashboards, one for each group`,
    },
  ]);
}

function compositeAlarms(groups: readonly ReplicationConfig[], config: ReplicationConfig, side: SideName): Quantity {
  const { region } = config[side];
  const alarms = groups.map((group) => {
    const children = alarmsIn(group, side).length;
    const parts = children > MOST_COMPOSITE_CHILDREN ? Math.ceil(children / MOST_COMPOSITE_CHILDREN) : 0;
    return { count: parts + 1, formula: parts === 0 ? '1' : `1 + ${children} alarms / ${MOST_COMPOSITE_CHILDREN}, rounded up` };
  });
  return {
    id: `composite-alarms-${side}`,
    item: `composite alarms in ${region}`,
    price: { id: 'cloudwatch-composite-alarm', region },
    amount: exactly(alarms.reduce((sum, { count }) => sum + count, 0)),
    formula: alarms.map(({ formula }) => formula).join(' + '),
  };
}
