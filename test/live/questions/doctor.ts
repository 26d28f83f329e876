import type { DoctorData } from '../../../lib/ops/doctor/doctor';
import { question } from '../question';

export const DOCTOR_QUESTION = question({
  name: 'doctor',
  unknown:
    'Whether `doctor` finds a fresh deployment sound: its checks compare with what AWS answers, in spellings that no emulator has.',
  pages: ['https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-troubleshoot.html'],
  settles: [],
  how: '`npx --no -- s3-replication doctor` runs for the pairs that no other question changes. Nobody is subscribed to the alarms, which does not count.',
  answers: {
    'nothing fails': 'The checks read AWS as it answers.',
    'some checks fail': 'Each check that is named compares something that AWS spells otherwise, or the deployment is wrong.',
  },
  notOnEmulator: 'an emulator leaves out much of what doctor looks at',
  minutes: 5,
  ask: async (asking) => {
    const { checks } = (await asking.cli('doctor', '--pair', 'plain', '--pair', 'locked')).data as DoctorData;
    const failed = checks.flatMap((check) =>
      check.status === 'failed' && !check.id.startsWith('notifications-') ? [check] : [],
    );
    return {
      answer: failed.length === 0 ? 'nothing fails' : 'some checks fail',
      seen: failed.map(({ id, found }) => `${id}: ${found}`).join('; ') || `${checks.length} checks`,
    };
  },
});
