import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { OperatorError } from "../support/command";
import { run } from "../support/process";

export interface Certificate {
  /** PEM; also the CA bundle for whoever talks to the emulators, and to nobody else. */
  readonly certificate: string;
  readonly key: string;
}

/**
 * Makes a self-signed certificate for loopback: policies that ask for `aws:SecureTransport` need TLS, also locally.
 *
 * @param folder gets `server.crt` and `server.key` (readable by the owner alone)
 */
export async function makeCertificate(folder: string, signal?: AbortSignal): Promise<Certificate> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const files = { certificate: join(folder, "server.crt"), key: join(folder, "server.key") };
  const args = [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "825"],
    ...["-keyout", files.key, "-out", files.certificate, "-subj", "/CN=local AWS"],
    ...["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
    // Not a CA: strict clients refuse a CA's certificate from a server, and a stolen key could sign nothing.
    ...["-addext", "basicConstraints=critical,CA:FALSE"],
    ...["-addext", "keyUsage=critical,digitalSignature", "-addext", "extendedKeyUsage=serverAuth"],
  ];
  const { code, stderr } = await run("openssl", args, { signal });
  if (code !== 0) throw new OperatorError(`openssl made no certificate: ${stderr.trim()}`);
  return files;
}
