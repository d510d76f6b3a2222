/** A queue, made here or elsewhere. */
export interface QueueRef {
  readonly arn: string;
  readonly url: string;
}

/** A topic, made here or elsewhere. */
export interface TopicRef {
  readonly arn: string;
}

/** A Kinesis data stream, made here or elsewhere. */
export interface StreamRef {
  readonly arn: string;
  readonly name: string;
}

/** A customer-managed key, made here or elsewhere. */
export interface KeyRef {
  readonly arn: string;
}

/** A VPC, made here or elsewhere. */
export interface VpcRef {
  readonly id: string;
  readonly cidrBlock: string;
}

/** A subnet, made here or elsewhere. */
export interface SubnetRef {
  readonly id: string;
}

/** A security group, made here or elsewhere. */
export interface SecurityGroupRef {
  readonly id: string;
}

/** A Cognito user pool, made here or elsewhere. */
export interface UserPoolRef {
  readonly arn: string;
}
