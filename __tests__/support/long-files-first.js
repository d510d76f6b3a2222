const { default: Sequencer } = require("@jest/test-sequencer");

const isLong = ({ context }) => context.config.displayName?.name.endsWith(":rest") ?? false;

/**
 * Begins with the files of the long layers: on a machine that has no times of an earlier run jest goes by the size of the
 * files, and the last worker would be alone with one that takes minutes.
 */
module.exports = class LongFilesFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    return [...sorted.filter(isLong), ...sorted.filter((test) => !isLong(test))];
  }
};
