package io.stablesr.spark;

import io.stablesr.job.ExistingOutput;
import io.stablesr.job.ImageRecord;
import io.stablesr.job.Ledger;
import io.stablesr.job.ResultRow;
import io.stablesr.job.RowStatus;
import io.stablesr.job.WorkItem;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What is left to do of a job.
 *
 * @param compute images to be computed
 * @param settled images whose row is known already
 * @param needed earlier runs whose journals say what no row of this run will say, such as those of
 *     another input with the same output
 */
record Remainder(List<WorkItem> compute, List<Settled> settled, Set<String> needed) {
  /**
   * An image that needs no work.
   *
   * @param item the image
   * @param record what an earlier run left; null when the image is skipped
   * @param reason why it is skipped; null when there is a record
   */
  record Settled(WorkItem item, ImageRecord record, ResultRow.Failure reason)
      implements Serializable {}

  Remainder {
    compute = List.copyOf(compute);
    settled = List.copyOf(settled);
    needed = Set.copyOf(needed);
  }

  static Remainder of(
      List<WorkItem> items,
      History history,
      Ledger.OutputSizes outputs,
      ExistingOutput existingOutput,
      Ledger.FailedImages failedImages) {
    Ledger ledger = new Ledger(outputs, existingOutput, failedImages);
    history.read(ledger::add);
    List<WorkItem> compute = new ArrayList<>();
    List<Settled> settled = new ArrayList<>();
    for (WorkItem item : items) {
      Ledger.Decision decision = ledger.decide(item);
      if (decision instanceof Ledger.Decision.Keep keep) {
        settled.add(new Settled(item, keep.record(), null));
      } else if (decision instanceof Ledger.Decision.Skip skip) {
        settled.add(new Settled(item, null, skip.reason()));
      } else {
        compute.add(item);
      }
      if (!(decision instanceof Ledger.Decision.Skip)) {
        ledger.forget(item);
      }
    }
    return new Remainder(compute, settled, ledger.runs());
  }

  String text() {
    if (settled.isEmpty()) {
      return "%d images to do".formatted(compute.size());
    }
    long failed =
        settled.stream()
            .filter(one -> one.record() != null && one.record().status() == RowStatus.FAILED)
            .count();
    return "%d images to do, %d dealt with before%s"
        .formatted(
            compute.size(),
            settled.size(),
            failed == 0
                ? ""
                : " (%d of them failed; --retry-failed tries them again)".formatted(failed));
  }
}
