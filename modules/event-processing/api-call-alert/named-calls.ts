import type { KeyRef } from "../../core";
import type { DetailPattern } from "../event-pattern";
import { match } from "../event-pattern";
import { API_CALL, type ApiCalls, apiCalls, outcomeOf } from "./api-calls";

/** A DynamoDB table is gone, with what it held: its backups outlive it by 35 days at most. */
export function tableDeletion(): ApiCalls {
  return apiCalls({
    service: "dynamodb",
    names: ["DeleteTable"],
    meaning: "A DynamoDB table was deleted",
    details: { Table: "$.detail.requestParameters.tableName" },
  });
}

/** What keeps the log files of a trail, such as an `AccountTrail`. */
export interface TrailParts {
  readonly bucket: { readonly bucket: { readonly bucket: string } };
  readonly key: { readonly key: KeyRef & { readonly keyId: string } };
}

/** What takes log files away, or the denial that protects them (S3 user guide, "Amazon S3 CloudTrail events"). */
const BUCKET_CALLS = [
  "DeleteBucket",
  "DeleteBucketEncryption",
  "DeleteBucketLifecycle",
  "DeleteBucketPolicy",
  "DeleteBucketPublicAccessBlock",
  "PutBucketEncryption",
  "PutBucketLifecycle",
  "PutBucketPolicy",
  "PutBucketPublicAccessBlock",
  "PutBucketVersioning",
];
/** What makes log files unreadable, or lets others read them (KMS developer guide, "Logging AWS KMS API calls"). */
const KEY_CALLS = ["CreateGrant", "DisableKey", "PutKeyPolicy", "ScheduleKeyDeletion"];

/**
 * Somebody stops the record of what is done in the account, or lessens it; tries that failed count too. A trail is stopped in
 * its own region: one that belongs to another, such as an organisation's, is not seen here.
 * @param trail whose log bucket and key are watched too, as far as their settings and policies go; a log file's own deletion
 * is a data event, which the trail does not record. @default - no bucket and no key
 */
export function trailTampering(trail?: TrailParts): ApiCalls {
  const calls = apiCalls({
    service: "cloudtrail",
    names: [
      "StopLogging",
      "DeleteTrail",
      "UpdateTrail",
      "PutEventSelectors",
      "DeleteEventDataStore",
      "StopEventDataStoreIngestion",
    ],
    outcome: "any",
    meaning: "Somebody changes what CloudTrail records",
    details: {
      Trail: [
        "$.detail.requestParameters.name",
        "$.detail.requestParameters.trailName",
        "$.detail.requestParameters.eventDataStore",
      ],
    },
  });
  return trail === undefined ? calls : withWhatKeepsIt(calls, trail);
}

function withWhatKeepsIt(calls: ApiCalls, { bucket, key }: TrailParts): ApiCalls {
  const { keyId, arn } = key.key;
  return {
    ...calls,
    pattern: {
      source: ["aws.cloudtrail", "aws.s3", "aws.kms"],
      "detail-type": [API_CALL],
      detail: match.anyOf<DetailPattern>(
        calls.pattern.detail as DetailPattern,
        {
          eventSource: ["s3.amazonaws.com"],
          eventName: BUCKET_CALLS,
          requestParameters: { bucketName: [bucket.bucket.bucket] },
        },
        // By whichever of its names a call says.
        {
          eventSource: ["kms.amazonaws.com"],
          eventName: KEY_CALLS,
          requestParameters: { keyId: [keyId, arn] },
        },
      ),
    },
    meaning: "Somebody changes what CloudTrail records, or what keeps it",
    details: {
      ...calls.details,
      Bucket: "$.detail.requestParameters.bucketName",
      Key: "$.detail.requestParameters.keyId",
    },
  };
}

/**
 * The account's root signs in to the console, or tries to. CloudTrail tells of it in us-east-1, whatever the endpoint
 * (CloudTrail user guide, "AWS Management Console sign-in events").
 */
export function rootSignIn(): ApiCalls {
  return {
    pattern: {
      source: ["aws.signin"],
      "detail-type": ["AWS Console Sign In via CloudTrail"],
      detail: {
        eventSource: ["signin.amazonaws.com"],
        eventName: ["ConsoleLogin"],
        userIdentity: { type: ["Root"] },
      },
    },
    meaning: "The account's root signed in, or tried to",
    details: {
      Result: "$.detail.responseElements.ConsoleLogin",
      "Second factor": "$.detail.additionalEventData.MFAUsed",
    },
    global: true,
    managementEvents: "writes",
    check: () => undefined,
  };
}

/** Everybody: `0.0.0.0/0`, `::/0`, and any other way to write them. */
const EVERYBODY = [match.suffix("/0")];

/**
 * A security group lets in everybody, IPv4 or IPv6, by a new rule or a changed one. Of a changed one CloudTrail does not
 * tell the direction, so that a rule for what leaves is told of too. Nothing is told of a range that is nearly everybody.
 */
export function securityGroupOpening(): ApiCalls {
  const detail: DetailPattern = {
    eventSource: ["ec2.amazonaws.com"],
    ...outcomeOf("succeeded"),
    ...match.anyOf<DetailPattern>(
      added({ ipPermissions: { items: { ipRanges: { items: { cidrIp: EVERYBODY } } } } }),
      added({ ipPermissions: { items: { ipv6Ranges: { items: { cidrIpv6: EVERYBODY } } } } }),
      // The older form of the call, which names one range beside and not within permissions.
      added({ cidrIp: EVERYBODY }),
      changed({ CidrIpv4: EVERYBODY }),
      changed({ CidrIpv6: EVERYBODY }),
    ),
  };
  return {
    pattern: { source: ["aws.ec2"], "detail-type": [API_CALL], detail },
    meaning: "A security group lets in everybody",
    details: {
      Group: [
        "$.detail.requestParameters.groupId",
        "$.detail.requestParameters.ModifySecurityGroupRulesRequest.GroupId",
      ],
    },
    global: false,
    managementEvents: "writes",
    check: () => undefined,
  };
}

function added(requestParameters: DetailPattern): DetailPattern {
  return { eventName: ["AuthorizeSecurityGroupIngress"], requestParameters };
}

function changed(rule: DetailPattern): DetailPattern {
  return {
    eventName: ["ModifySecurityGroupRules"],
    requestParameters: {
      ModifySecurityGroupRulesRequest: { SecurityGroupRule: { SecurityGroupRule: rule } },
    },
  };
}
