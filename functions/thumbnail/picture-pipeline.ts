import { RefusedPictureError } from "./errors";
import type { ObjectStore, Target, Written } from "./object-store";
import { type CreatedObject, isLater } from "./s3-event";
import { holds, type Place, type Settings } from "./settings";
import type { ThumbnailMaker } from "./thumbnail-maker";

/** What became of an object. */
export type Outcome =
  | { readonly outcome: "made"; readonly thumbnail: string; readonly width: number; readonly height: number }
  | {
      readonly outcome: "quarantined";
      readonly quarantined: string;
      readonly reason: string;
      readonly detail: string;
    }
  /** "done": by an earlier try. "outdated": a later version has its thumbnail. "gone": deleted or overwritten. "own": ours. */
  | { readonly outcome: "done" | "outdated" | "gone" | "own" };

/** How often a thumbnail is put in the place of one that changes meanwhile, before Lambda shall try again later. */
const TRIES = 3;

/** object → look → read → make → write where nothing newer is; what is no picture → quarantine. */
export class PicturePipeline {
  constructor(
    private readonly settings: Settings,
    private readonly store: ObjectStore,
    private readonly maker: ThumbnailMaker,
  ) {}

  /** @throws Error when another try may succeed; a refused object is an outcome and no error */
  async process(object: CreatedObject): Promise<Outcome> {
    const { source, output, quarantine } = this.settings;
    // Nobody should watch these, and a notification without its filter would go round for ever.
    if (holds(output, object) || holds(quarantine, object)) return { outcome: "own" };
    if (object.bucket !== source)
      throw new Error(`${object.key} lies in ${object.bucket}, and this function works for ${source} alone`);
    try {
      return await this.makeThumbnail(object, within(output, object.key));
    } catch (error) {
      if (!(error instanceof RefusedPictureError)) throw error;
      return this.setAside(object, error);
    }
  }

  private async makeThumbnail(object: CreatedObject, target: Target): Promise<Outcome> {
    let before = await this.store.written(target);
    const known = verdictOn(before, object);
    if (known !== undefined) return { outcome: known };
    const bytes = await this.store.read(object, this.settings.limits.maxBytes);
    if (bytes === undefined) return { outcome: "gone" };
    const thumbnail = await this.maker.make(bytes, this.settings.limits);
    for (let tries = 0; tries < TRIES; tries++) {
      if (await this.store.replace(target, before, thumbnail, object)) {
        const { width, height } = thumbnail;
        return { outcome: "made", thumbnail: target.key, width, height };
      }
      before = await this.store.written(target);
      const overtaken = verdictOn(before, object);
      if (overtaken !== undefined) return { outcome: overtaken };
    }
    throw new Error(
      `the thumbnail ${target.key} was changed by others at each of ${TRIES} tries to write it`,
    );
  }

  /** Each version lies by itself: a later refusal does not take an earlier one's place. */
  private async setAside(object: CreatedObject, refusal: RefusedPictureError): Promise<Outcome> {
    const { reason, detail } = refusal;
    const key = `${object.key}/${object.versionId ?? object.sequencer}`;
    const target = within(this.settings.quarantine, key);
    if ((await this.store.written(target)) !== undefined) return { outcome: "done" };
    const copied = await this.store.quarantine(target, object, refusal);
    return copied ? { outcome: "quarantined", quarantined: target.key, reason, detail } : { outcome: "gone" };
  }
}

/** Why nothing is written over a thumbnail; nothing where it is older, or none. */
function verdictOn(before: Written | undefined, object: CreatedObject): "done" | "outdated" | undefined {
  if (before?.sourceSequencer === undefined) return undefined;
  if (before.sourceBucket !== object.bucket)
    throw new Error(
      `${object.key} of ${object.bucket} has the place of a thumbnail from ${before.sourceBucket}: give each source bucket an OUTPUT_PREFIX of its own`,
    );
  const same =
    object.versionId === undefined
      ? before.sourceSequencer === object.sequencer
      : before.sourceVersion === object.versionId;
  if (same) return "done";
  return isLater(before.sourceSequencer, object.sequencer) ? "outdated" : undefined;
}

const within = ({ bucket, prefix }: Place, key: string): Target => ({ bucket, key: `${prefix}${key}` });
