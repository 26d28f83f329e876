import { interpret } from '../helpers/aws-cli/aws-cli';
import { pythonOfTests } from '../helpers/python';
import { required } from '../ops/doctor/breaks';
import { breaksByResource, pairsOfBreaks, repairsFor, shuffleBy, wrongAfter } from '../ops/doctor/repairing';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
// It asks a fake AWS, in which nothing is left out as on an emulator.
delete process.env['AWS_ENDPOINT_URL'];

test('two breaks of one resource are repaired by what a shell and the AWS CLI make of the printed commands', async () => {
  const byResource = await breaksByResource();
  const singles = [...byResource.values()].flat().map((one) => ({ breaks: [one], ids: [one.check] }));
  const breakages = shuffleBy(1)([...singles, ...pairsOfBreaks(byResource)]);
  const lines: (readonly string[])[] = [];
  for (const breakage of breakages) {
    lines.push(required(await repairsFor(breakage)).flatMap(({ commands }) => commands));
  }

  const requests = await interpret(await pythonOfTests(), lines.flat(), ['prod', 'backup']);

  expect(requests.length).toBeGreaterThan(200);
  const wrong: string[] = [];
  for (const [index, breakage] of breakages.entries()) {
    const own = requests.splice(0, required(lines[index]).length);
    wrong.push(
      ...(await wrongAfter(
        breakage,
        own.map(({ profile, ...request }) => ({ ...request, profile: profile ?? undefined })),
      )),
    );
  }
  expect(wrong).toEqual([]);
});
