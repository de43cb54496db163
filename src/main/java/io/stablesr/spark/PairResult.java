package io.stablesr.spark;

import io.stablesr.degrade.CropDraw;
import io.stablesr.degrade.DegradationDraw;
import io.stablesr.job.ImageResult;
import io.stablesr.job.ResultRow;
import io.stablesr.job.RowStatus;
import io.stablesr.job.WorkItem;
import java.util.Optional;

/**
 * What became of one pair.
 *
 * @param item the image
 * @param crop number of the crop
 * @param status DONE, FAILED or SKIPPED
 * @param error empty for DONE
 * @param source what was read; empty when nothing was
 * @param place where the crop lies; empty when it was not drawn
 * @param draw the degradation; empty when it was not drawn
 * @param files what was written; empty when nothing was
 * @param elapsedMillis time spent on this pair, without reading and decoding the image
 * @param origin who did it
 */
record PairResult(
    WorkItem item,
    int crop,
    RowStatus status,
    Optional<ResultRow.Failure> error,
    Optional<Source> source,
    Optional<CropDraw> place,
    Optional<DegradationDraw> draw,
    Optional<Files> files,
    long elapsedMillis,
    ImageResult.Origin origin) {
  /** The image's file. */
  record Source(String sha256, int width, int height) {}

  /** The files of the pair. */
  record Files(Stored groundTruth, Stored lowQuality) {}

  /** One file. */
  record Stored(long bytes, String sha256) {}

  /** A pair without a result. */
  static PairResult failed(
      WorkItem item,
      int crop,
      RowStatus status,
      ResultRow.Failure error,
      Optional<Source> source,
      ImageResult.Origin origin) {
    return new PairResult(
        item,
        crop,
        status,
        Optional.of(error),
        source,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        0,
        origin);
  }
}
