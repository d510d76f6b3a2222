import { Token } from "cdktf";
import type { Construct } from "constructs";
import type { Checks } from "../../core";
import type { Bucket } from "../../storage";
import { DEFAULT_ERROR_PREFIX, DEFAULT_PREFIX } from "./delivery-settings";
import type { StreamIngestApiProps } from "./props";

interface Neighbour {
  readonly path: string;
  readonly prefix: string;
  readonly errorPrefix: string;
}

/** Who writes to a bucket already, and where. */
const neighbours = new WeakMap<Bucket, Neighbour[]>();

type Places = Pick<StreamIngestApiProps, "bucket" | "prefix" | "errorPrefix">;

/** Records that another one of the bucket writes among the records of this one, whose readers and table would take all of them. */
export function checkNeighbours(checks: Checks, { bucket, ...props }: Places): void {
  const ours = placesOf(props);
  for (const { path, ...theirs } of neighbours.get(bucket) ?? []) {
    // What failed may lie together: each object's name begins with its delivery stream's.
    const meet =
      lieInOneAnother(ours.prefix, theirs.prefix) ||
      lieInOneAnother(ours.prefix, theirs.errorPrefix) ||
      lieInOneAnother(ours.errorPrefix, theirs.prefix);
    checks.that(
      !meet,
      `prefix "${ours.prefix}" and errorPrefix "${ours.errorPrefix}" lie in one another with "${theirs.prefix}" and ` +
        `"${theirs.errorPrefix}" of "${path}", which writes to the same bucket: whoever reads records would read those of both; ` +
        'give each a prefix of its own, such as prefix: "orders/"',
    );
  }
}

/** Notes who writes to a bucket, for whoever comes next. */
export function noteNeighbour(scope: Construct, { bucket, ...props }: Places): void {
  const made = { path: scope.node.path, ...placesOf(props) };
  neighbours.set(bucket, [...(neighbours.get(bucket) ?? []), made]);
}

function placesOf({ prefix = DEFAULT_PREFIX, errorPrefix = DEFAULT_ERROR_PREFIX }: Omit<Places, "bucket">) {
  return { prefix, errorPrefix };
}

/** Whether one prefix holds the other; not where only Terraform knows one of them. */
export function lieInOneAnother(one: string, other: string): boolean {
  if (Token.isUnresolved(one) || Token.isUnresolved(other)) return false;
  return one.startsWith(other) || other.startsWith(one);
}
