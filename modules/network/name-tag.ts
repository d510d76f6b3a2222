import type { IConstruct } from "constructs";

/** Most characters of a tag's value. */
const LIMIT = 256;

/** The tag by which AWS's consoles list a thing: its path in the code. */
export function nameTag(scope: IConstruct, id?: string): { Name: string } {
  const path = id === undefined ? scope.node.path : `${scope.node.path}/${id}`;
  return { Name: path.slice(-LIMIT) };
}
