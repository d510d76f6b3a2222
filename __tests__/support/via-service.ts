/** What a call of KMS says of itself that a service makes in its caller's name, and what a condition asks of it. */
export function viaService(service: string, region = "eu-west-1"): Readonly<Record<string, string>> {
  return { "kms:ViaService": `${service}.${region}.amazonaws.com` };
}
