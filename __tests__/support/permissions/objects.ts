import type { Resource } from "../../../testing/edges/configuration";
import { callsOf, notThrough, through } from "./calls";
import { type Case, pathOf, type World } from "./world";

/** What a function does in a bucket. */
interface Work {
  /** Path of the bucket, beside the function. */
  readonly bucket: string;
  /** Calls on the objects below each prefix. */
  readonly objects: Readonly<Record<string, readonly string[]>>;
  /** Prefixes below which it may list. */
  readonly lists: readonly string[];
}

const CHANGE = ["s3:GetObject", "s3:PutObject"];

/** By the end of the function's path. */
const WORKS: Readonly<Record<string, Work>> = {
  // Of the pictures stack: it reads the version that the event names, and looks before it writes.
  "-pictures/thumbnail": {
    bucket: "bucket",
    objects: { "uploads/": ["s3:GetObjectVersion"], "thumbnails/": CHANGE, "quarantine/": CHANGE },
    lists: ["uploads/", "thumbnails/", "quarantine/"],
  },
  // Of `__tests__/fixtures/pictures.ts`.
  "/copyist": {
    bucket: "pictures",
    objects: { "documents/": ["s3:GetObject"], "copies/": ["s3:PutObject"] },
    lists: [],
  },
};

const OBJECT_CALLS = [
  "s3:DeleteObject",
  "s3:DeleteObjectVersion",
  "s3:GetObject",
  "s3:GetObjectVersion",
  "s3:PutObject",
  "s3:PutObjectAcl",
];
const KEY_USE = ["kms:Decrypt", "kms:GenerateDataKey"];

/** A function that works on a bucket's objects: below its prefixes, each in its way, and with the key through S3 only. */
export function objectCases(world: World, role: Resource, home: string): readonly Case[] {
  return Object.entries(WORKS)
    .filter(([end]) => home.endsWith(end))
    .flatMap(([, work]) => {
      const bucket = world.at([...home.split("/").slice(0, -1), work.bucket].join("/"), "aws_s3_bucket");
      return [
        ...callCases(role, bucket, work),
        ...listCases(role, bucket, work),
        ...keyCases(world, role, bucket),
      ];
    });
}

function callCases(role: Resource, { arn }: Resource, { objects }: Work): readonly Case[] {
  return callsOf(role, "objects", {
    may: Object.entries(objects).map(([prefix, actions]) => ({ actions, on: `${arn}/${prefix}a` })),
    mayNot: [
      ...Object.entries(objects).flatMap(([prefix, actions]) => [
        { actions: OBJECT_CALLS.filter((each) => !actions.includes(each)), on: `${arn}/${prefix}a` },
        // A neighbour of the prefix, and of the bucket.
        { actions, on: `${arn}/${prefix.replace("/", "-2/")}a` },
        { actions, on: `${arn}-2/${prefix}a` },
      ]),
      { actions: OBJECT_CALLS, on: `${arn}/others/a` },
    ],
  });
}

function listCases(role: Resource, { arn }: Resource, { lists }: Work): readonly Case[] {
  const below = (prefix: string) => ({ "s3:prefix": prefix });
  const list = ["s3:ListBucket"];
  return callsOf(role, "the bucket", {
    may: lists.map((prefix) => ({ actions: list, on: arn, context: below(`${prefix}a`) })),
    mayNot: [
      ...lists.flatMap((prefix) => [
        { actions: ["s3:ListBucketVersions", "s3:DeleteBucket"], on: arn, context: below(prefix) },
        { actions: list, on: `${arn}-2`, context: below(prefix) },
      ]),
      { actions: list, on: arn, context: below("others/") },
      { actions: list, on: arn, context: below("") },
      { actions: [...list, "s3:DeleteBucket", "s3:PutBucketNotification"], on: arn },
    ],
  });
}

function keyCases(world: World, role: Resource, bucket: Resource): readonly Case[] {
  const key = world.at(`${pathOf(bucket)}/key`, "aws_kms_key").arn;
  const logs = world.at(`${role.stack}/logs-key`, "aws_kms_key").arn;
  const ours = through("s3", role);
  return callsOf(role, "the objects' key", {
    may: [{ actions: KEY_USE, on: key, context: ours }],
    mayNot: [
      ...notThrough("s3", role).map((context) => ({ actions: KEY_USE, on: key, context })),
      { actions: ["kms:CreateGrant", "kms:Encrypt", "kms:ScheduleKeyDeletion"], on: key, context: ours },
      { actions: KEY_USE, on: logs, context: ours },
    ],
  });
}
