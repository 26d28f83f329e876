import { type Context, EXIT, type Outcome } from '../../cli/command';
import { diagnose } from './diagnose';
import { doctorData, formatDoctor, isUnanswered } from './format';

/** Looks at a deployment, or at what is there before one, and says what is wrong and how to repair it. Changes nothing. */
export async function doctor(context: Context): Promise<Outcome> {
  const results = await diagnose(context);
  const findings = results.map(({ finding }) => finding);
  const known = findings.some(isUnanswered) ? EXIT.unknown : EXIT.ok;
  return {
    exitCode: findings.some(({ status }) => status === 'fail') ? EXIT.wrong : known,
    data: doctorData(results),
    text: formatDoctor(results),
  };
}
