/**
 * The regions that provider hashicorp/aws 5.100.0 accepts, by partition. China is left out: its service principals and
 * `kms:ViaService` values end in other words, and nothing here shows that they are right.
 * Source: the AWS General Reference, "Regional endpoints".
 */
const REGIONS = {
  aws: [
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
  ],
  "aws-us-gov": ["us-gov-east-1", "us-gov-west-1"],
} as const;

type Partition = keyof typeof REGIONS;

/** A region by its code, such as `eu-west-1`. */
export type Region = (typeof REGIONS)[Partition][number];

/** Every known region. */
export const regions: readonly Region[] = Object.values(REGIONS).flat();

/** The partition that opens every ARN of a region: `aws` or `aws-us-gov`. */
export function partitionOf(region: Region): Partition {
  const found = (Object.keys(REGIONS) as Partition[]).find((partition) =>
    (REGIONS[partition] as readonly string[]).includes(region),
  );
  if (found === undefined)
    throw new Error(`region "${region}" is unknown: the known ones are ${regions.join(", ")}`);
  return found;
}
