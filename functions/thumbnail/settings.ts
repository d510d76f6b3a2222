import type { ThumbnailEnv } from "./env";
import { InvalidSettingsError } from "./errors";

/** A place in a bucket: every key that starts with the prefix. */
export interface Place {
  readonly bucket: string;
  /** Ends in `/`. */
  readonly prefix: string;
}

/** What a picture must not exceed, and what its thumbnail fits into. */
export interface Limits {
  readonly maxBytes: number;
  readonly maxPixels: number;
  readonly maxWidth: number;
  readonly maxHeight: number;
}

export interface Settings {
  /** The bucket that is watched. */
  readonly source: string;
  readonly output: Place;
  readonly quarantine: Place;
  readonly limits: Limits;
}

/** @throws InvalidSettingsError naming each variable that holds no number it could be */
export function settingsOf(env: ThumbnailEnv): Settings {
  const faults: string[] = [];
  const count = (name: keyof ThumbnailEnv) => {
    const value = env[name];
    if (!/^[1-9]\d{0,14}$/.test(value))
      faults.push(`${name} must be a whole number above zero, got ${value}`);
    return Number(value);
  };
  const settings: Settings = {
    source: env.SOURCE_BUCKET,
    output: placeOf(env.OUTPUT_BUCKET, env.OUTPUT_PREFIX),
    quarantine: placeOf(env.QUARANTINE_BUCKET, env.QUARANTINE_PREFIX),
    limits: {
      maxBytes: count("MAX_BYTES"),
      maxPixels: count("MAX_PIXELS"),
      maxWidth: count("MAX_WIDTH"),
      maxHeight: count("MAX_HEIGHT"),
    },
  };
  if (faults.length > 0) throw new InvalidSettingsError(faults);
  return settings;
}

export const holds = ({ bucket, prefix }: Place, object: { bucket: string; key: string }): boolean =>
  object.bucket === bucket && object.key.startsWith(prefix);

/** Without the `/` at its end, `thumbs` would hold `thumbsup.jpg` too. */
const placeOf = (bucket: string, prefix: string): Place => ({
  bucket,
  prefix: prefix.endsWith("/") ? prefix : `${prefix}/`,
});
