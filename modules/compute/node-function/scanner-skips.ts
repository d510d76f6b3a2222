import type { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import type { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { skipCheck } from "../../core";

/** What the policy scanner says against every function, and why it is wrong about it. */
const ALWAYS = {
  CKV_AWS_116:
    "A function's own dead-letter queue takes failed asynchronous calls only: what a queue hands over is set aside by the queue",
  CKV_AWS_173:
    "Lambda encrypts variables with its own key; they hold names, and secrets belong in Secrets Manager, read at run time",
  CKV_AWS_272:
    "The archive is built at synthesis and uploaded by whoever applies: a signature by the same hands would show nothing more",
};

/** Says why checks of the scanner are wrong about a function. */
export function skipFunctionChecks(
  lambda: LambdaFunction,
  { placed, limited }: { readonly placed: boolean; readonly limited: boolean },
): void {
  for (const [check, reason] of Object.entries(ALWAYS)) skipCheck(lambda, check, reason);
  if (!limited) {
    skipCheck(
      lambda,
      "CKV_AWS_115",
      "What one function reserves is taken from all others of the account: a limit is the caller's choice, reservedConcurrency",
    );
  }
  if (!placed) {
    skipCheck(
      lambda,
      "CKV_AWS_117",
      "Outside a network a function reaches nothing private: which network it stands in is the caller's choice, network",
    );
  }
}

/** Says why checks of the scanner are wrong about the policy of a function that is placed in a network. */
export function skipInterfaceChecks(policy: IamRolePolicy): void {
  for (const check of ["CKV_AWS_290", "CKV_AWS_355"]) {
    skipCheck(
      policy,
      check,
      "Lambda makes the function's network interfaces with its role, and before that there is none to name",
    );
  }
}
