package io.stablesr.spark;

import io.stablesr.job.DegradeOptions;
import io.stablesr.job.WorkItem;
import java.io.Serializable;

/**
 * Where the files of pairs go.
 *
 * @param outputFolder qualified folder of the set
 * @param options say how several crops of an image are told apart
 */
record PairPlaces(String outputFolder, DegradeOptions options) implements Serializable {
  /** The good picture. */
  String groundTruth(WorkItem item, int crop) {
    return place("gt", item, crop);
  }

  /** The low-quality picture. */
  String lowQuality(WorkItem item, int crop) {
    return place("lq", item, crop);
  }

  private String place(String folder, WorkItem item, int crop) {
    return "%s/%s/%s%s.png".formatted(outputFolder, folder, item.outputUri(), options.suffix(crop));
  }
}
