import { Token } from "cdktf";
import { type Fields, isFields } from "../matching";
import { lettersOf } from "../nearest";

/** What an event of S3 tells of the object. S3 user guide, "EventBridge event message structure". */
const OBJECT_FIELDS = ["key", "size", "etag", "version-id", "sequencer"];

/**
 * Fields of `detail.object` that readers look for in the events of S3 and never find there: user metadata and tags, which
 * S3 does not send, the names in the spelling of its notifications (`versionId`, `eTag`), and the size of what is gone.
 * Other unknown names pass, since S3 may add some.
 */
export function objectFaults(pattern: Fields, name: string): readonly string[] {
  const { source, detail } = pattern;
  if (!Array.isArray(source) || !source.includes("aws.s3") || !isFields(detail)) return [];
  const { object } = detail;
  if (!isFields(object)) return [];
  const path = `${name}.detail.object`;
  return [
    ...Object.keys(object).flatMap((key) => nameFault(key, `${path}.${key}`) ?? []),
    ...starFaults(object.key, `${path}.key`),
    ...sizeFault(pattern["detail-type"], object.size, `${path}.size`),
  ];
}

function nameFault(key: string, path: string): string | undefined {
  if (OBJECT_FIELDS.includes(key)) return undefined;
  const meant = OBJECT_FIELDS.find((field) => lettersOf(field) === lettersOf(key));
  if (meant !== undefined) return `${path} is in no event of S3: write "${meant}"`;
  return /metadata|\bmeta\b|\btag/i.test(key)
    ? `${path} is in no event of S3, which sends ${OBJECT_FIELDS.join(", ")} and neither metadata nor tags: tell objects apart by their key, ` +
        "or read them in the target"
    : undefined;
}

/** A plain value is compared whole: in S3's own notifications, and in a shell, a star means more. */
function starFaults(keys: unknown, path: string): readonly string[] {
  return (Array.isArray(keys) ? keys : [])
    .filter((key) => typeof key === "string" && !Token.isUnresolved(key) && key.includes("*"))
    .map(
      (key) =>
        `${path} is compared with ${JSON.stringify(key)} as it is, star and all: write match.wildcard(${JSON.stringify(key)}), or ` +
        'match.wildcard with "\\\\*" where the key holds a star',
    );
}

function sizeFault(types: unknown, size: unknown, path: string): readonly string[] {
  const deleted = Array.isArray(types) && types.includes("Object Deleted");
  const absentToo = Array.isArray(size) && size.some((each) => isFields(each) && each.exists === false);
  return deleted && size !== undefined && !absentToo
    ? [
        `${path} is in no "Object Deleted" of S3, so none would match: add { exists: false } to the list, or write a pattern of its own`,
      ]
    : [];
}
