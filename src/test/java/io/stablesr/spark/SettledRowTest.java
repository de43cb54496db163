package io.stablesr.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.stablesr.job.ImageRecord;
import io.stablesr.job.ImageResult;
import io.stablesr.job.RowStatus;
import io.stablesr.job.WorkItem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettledRowTest {
  private static final int IMAGES = 1_000_000;
  private static final int SAMPLE = 200;

  /** Spark's default for spark.rpc.message.maxSize; a larger task aborts the job. */
  private static final long MOST_BYTES = 128L << 20;

  @Test
  void aTaskOfImagesWithLongKeysIsNoLongerThanSparkSends() throws IOException {
    List<Remainder.Settled> sample = new ArrayList<>();
    for (int i = 0; i < SAMPLE; i++) {
      sample.add(settled("x".repeat(1000) + i));
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(sample);
    }

    long images = IMAGES / SettledRow.partitions(IMAGES);
    assertThat(images * bytes.size() / SAMPLE).isLessThan(MOST_BYTES / 2);
    assertThat(SettledRow.partitions(0)).isEqualTo(1);
    assertThat(SettledRow.partitions(5_001)).isEqualTo(2);
  }

  private static Remainder.Settled settled(String id) {
    WorkItem item =
        new WorkItem(id, "s3a://in/" + id, "s3a://out/" + id, 1, Map.of(), "etag" + id, "digest");
    return new Remainder.Settled(
        item,
        new ImageRecord(
            id,
            "s3a://in/" + id + " ",
            "s3a://out/" + id + " ",
            "etag",
            "digest",
            RowStatus.DONE,
            null,
            new ImageResult(
                ImageResult.Sizes.UNKNOWN,
                "model",
                "0".repeat(64),
                1,
                "0".repeat(64),
                "cpu",
                "FP32",
                Map.of("read", 1L, "decode", 1L, "sample", 1L, "encode", 1L, "write", 1L),
                List.of(),
                new ImageResult.Origin("run", "host", "1", 0, 1))),
        null);
  }
}
