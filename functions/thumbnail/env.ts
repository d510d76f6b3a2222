export interface ThumbnailEnv {
  /** The bucket whose notification invokes the function; it works for no other. */
  readonly SOURCE_BUCKET: string;
  readonly OUTPUT_BUCKET: string;
  /** Such as `thumbnails/`: what stands before the key of the picture. */
  readonly OUTPUT_PREFIX: string;
  readonly QUARANTINE_BUCKET: string;
  readonly QUARANTINE_PREFIX: string;
  /** Pixels that a thumbnail takes at most. */
  readonly MAX_WIDTH: string;
  readonly MAX_HEIGHT: string;
  /** Bytes and pixels that a picture may have: memory is reckoned by them. */
  readonly MAX_BYTES: string;
  readonly MAX_PIXELS: string;
}
