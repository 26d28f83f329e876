const Sequencer = require('@jest/test-sequencer').default;

/** The files that take longest, the longest first: one that began last would be waited for alone. */
const HEAVY = [
  'faults/drill',
  'faults/restore',
  'faults/doctor',
  'faults/verify',
  'emulator/demo',
  'emulator/restore',
  'emulator/live',
  'emulator/existing',
  'emulator/bootstrap',
  'emulator/deploy',
  'exhaustive/combinations',
  'exhaustive/proof',
  'exhaustive/mutations',
  'deploying/deploying',
  'properties/configuration',
  'ops/audit/audit',
  'ops/doctor/checks',
  'exhaustive/compliance',
  'exhaustive/repairs',
  'ops/restore/restore',
  'exhaustive/many-pairs',
  'proof/proof',
  'exhaustive/processes',
  'ops/drill/drill',
];

/** Jest remembers how long files took, but not in a fresh clone: there, it takes the largest first. */
module.exports = class extends Sequencer {
  sort(tests) {
    const rankOf = ({ path }) => {
      const rank = HEAVY.findIndex((name) => path.includes(`/test/${name}`));
      return rank < 0 ? HEAVY.length : rank;
    };
    // oxlint-disable-next-line unicorn/no-array-sort -- it is Jest's and changes nothing
    return super.sort(tests).toSorted((one, other) => rankOf(one) - rankOf(other));
  }
};
