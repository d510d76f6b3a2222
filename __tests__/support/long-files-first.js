const { default: Sequencer } = require("@jest/test-sequencer");

/** The layers whose files take minutes each, longest first. */
const LONG = ["e2e:rest", "permissions", "permissions:rest"];

/**
 * Begins with the files of the long layers: jest goes by the size of a file where it has no times of an earlier run, and the
 * last worker would be alone with one that takes ten minutes.
 */
module.exports = class LongFilesFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    const layerOf = ({ context }) => context.config.displayName?.name;
    return [
      ...LONG.flatMap((layer) => sorted.filter((test) => layerOf(test) === layer)),
      ...sorted.filter((test) => !LONG.includes(layerOf(test))),
    ];
  }
};
