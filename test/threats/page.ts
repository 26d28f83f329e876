import { markdownTable, type Parts } from '../helpers/generated-parts';
import { PROTECTIONS, type Protection, type Threat } from './threat';
import { THREATS } from './threats';

const HEADER = [
  'what somebody does',
  'without protection',
  'Object Lock',
  'lockdown',
  'lockdown and SCP',
  'what is left, how you hear of it',
];

/** The generated parts of docs/threats.md. */
export const PARTS: Parts = Object.fromEntries(
  Object.entries(THREATS).map(([name, threats]) => [name, () => markdownTable(HEADER, threats.map(row))]),
);

function row(threat: Threat): string[] {
  return [threat.deed, ...PROTECTIONS.map((protection) => cell(threat, protection)), threat.aftermath];
}

/** In bold what a policy refuses, and in italics, with its source, what is not proven. */
function cell({ expected, unproven }: Threat, protection: Protection): string {
  const other = unproven?.[protection];
  if (other !== undefined) {
    return `*${other.answer}* ([AWS](${other.page}))`;
  }
  return expected[protection] === 'refused' ? '**refused**' : 'possible';
}
