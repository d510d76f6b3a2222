import { installEmulator } from "../../scripts/local-aws/tools";

/** Before the policy tests: the evaluator that ours is held against comes with ministack. */
export default async function installMinistack(): Promise<void> {
  await installEmulator("ministack");
}
