import { isEmulator } from '../../../aws/emulator';
import type { Pair, SideName } from '../../../config/replication-config';
import { alarmsIn, alarmsOf } from '../../../model/monitoring/alarms';
import { monitoringNamesOf } from '../../../model/monitoring/names';
import { awsCommand } from '../../../model/shell-commands';
import { ALARM_STACKS } from '../../../model/stacks';
import { alarmText, expectedAlarm } from '../alarm-definition';
import { Absent } from '../answers';
import { type Check, compare, type Finding, notApplicable, type Subject } from '../check';
import { deployAgain, orMissing } from '../missing';

/** The alarms: whether they are there, and notify. */
export const ALARM_CHECKS: readonly Check[] = (['source', 'destination'] as const).flatMap((region): Check[] => [
  {
    id: `${region}-alarms`,
    title: `alarms on the metrics of the ${region} region are as configured`,
    area: 'monitoring',
    run: { each: 'pair', ask: (subject, pair) => alarms(subject, pair, region) },
  },
  {
    id: `${region}-health-alarm`,
    title: `composite alarm of the ${region} region watches every alarm, and notifies`,
    area: 'monitoring',
    run: { each: 'deployment', ask: (subject) => health(subject, region) },
  },
]);

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html */
async function alarms(subject: Subject, pair: Pair, region: SideName): Promise<Finding> {
  const { config } = subject.context;
  const stack = ALARM_STACKS[region];
  const wanted = alarmsOf(config, pair).filter((alarm) => alarm.region === region);
  const expected = wanted.map((alarm) => alarmText(expectedAlarm(config, pair, alarm)));
  return orMissing(subject, { stack, expected: expected.join('\n') }, async () => {
    const { metric } = await subject.facts.monitoring.alarms(region);
    const missing = wanted.filter(({ name }) => !metric.has(name));
    if (missing.length > 0) {
      throw new Absent(stack, `alarm ${missing.map(({ name }) => name).join(', ')}`);
    }
    const found = wanted.map(({ name }) => alarmText(metric.get(name) ?? {}));
    return compare({ found: found.join('\n'), expected: expected.join('\n'), fix: deployAgain(subject, stack, 'changed it') });
  });
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-combining.html */
async function health(subject: Subject, region: SideName): Promise<Finding> {
  if (isEmulator()) {
    return notApplicable('an emulator refuses composite alarms');
  }
  const { config } = subject.context;
  const { composite, topic } = monitoringNamesOf(config).regions[region];
  const stack = `${region}-health` as const;
  return orMissing(subject, { stack, expected: `composite alarm ${composite.name}` }, async () => {
    const live = (await subject.facts.monitoring.alarms(region)).composite.get(composite.name);
    if (live === undefined) {
      throw new Absent(stack, `composite alarm ${composite.name}`);
    }
    if (live.ActionsEnabled !== true) {
      const options = { 'alarm-names': composite.name, region: config[region].region };
      return compare({
        found: 'its actions are disabled',
        expected: 'its actions are enabled',
        fix: awsCommand(config, 'source', 'cloudwatch enable-alarm-actions', options),
      });
    }
    const watched = await subject.facts.monitoring.watched(region, live.AlarmRule ?? '');
    const unwatched = alarmsIn(config, region).flatMap(({ name }) => (watched.has(name) ? [] : [name]));
    const notified = live.AlarmActions ?? [];
    // Somebody may have added others.
    const told = notified.includes(topic.arn) ? topic.arn : notified.join(', ') || 'nobody';
    return compare({
      found: [`notifies ${told}`, ...(unwatched.length > 0 ? [`does not watch ${unwatched.join(', ')}`] : [])].join('; '),
      expected: `notifies ${topic.arn}`,
      fix: deployAgain(subject, stack, 'changed it'),
    });
  });
}
