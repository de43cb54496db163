package io.stablesr.spark;

import io.stablesr.job.WorkItem;
import java.io.Serializable;
import java.util.List;

/**
 * The pairs of one image that are to be made.
 *
 * @param item the image; its output is the name of its files without {@code gt/} or {@code lq/} and
 *     without an ending
 * @param crops numbers of the crops
 */
record PairItem(WorkItem item, List<Integer> crops) implements Serializable {
  PairItem {
    crops = List.copyOf(crops);
  }
}
