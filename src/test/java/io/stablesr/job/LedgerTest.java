package io.stablesr.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.stablesr.core.ErrorCode;
import io.stablesr.job.Ledger.Decision;
import io.stablesr.job.Ledger.FailedImages;
import io.stablesr.restore.PreCleaning;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class LedgerTest {
  private final Map<String, Long> outputs = new HashMap<>();

  @Test
  void anImageWithRecordAndOutputIsKept() {
    outputs.put("out/a.png", 7L);
    Ledger ledger = ledger(ExistingOutput.SKIP, FailedImages.KEEP);
    ImageRecord record = done("a", "v1", "p1", 7, 1);
    ledger.add(record);

    assertThat(ledger.decide(item("a", "v1", "p1"))).isEqualTo(new Decision.Keep(record));
    assertThat(ledger.decide(item("a", "", "p1"))).isEqualTo(new Decision.Keep(record));
  }

  @Test
  void aRecordWithoutOutputIsComputedAgain() {
    Ledger ledger = ledger(ExistingOutput.SKIP, FailedImages.KEEP);
    ledger.add(done("a", "v1", "p1", 7, 1));

    assertThat(ledger.decide(item("a", "v1", "p1"))).isEqualTo(new Decision.Compute());
  }

  @Test
  void whateverElseIsAtTheOutputIsSkippedWithItsReason() {
    outputs.put("out/a.png", 7L);
    outputs.put("out/b.png", 9L);
    outputs.put("out/c.png", 7L);
    outputs.put("out/d.png", 1L);
    Ledger ledger = ledger(ExistingOutput.SKIP, FailedImages.KEEP);
    ledger.add(done("a", "v1", "p1", 7, 1));
    ledger.add(done("b", "v1", "p1", 7, 1));
    ledger.add(done("c", "v1", "p1", 7, 1));

    assertThat(reason(ledger, item("a", "v1", "p2")))
        .isEqualTo(
            new ResultRow.Failure(
                ErrorCode.OUTPUT_DIFFERS,
                "out/a.png was made with other parameters (p1, now p2); set output.overwrite (--overwrite) to replace it or choose another output folder."));
    assertThat(reason(ledger, item("b", "v1", "p1")).message())
        .startsWith("out/b.png has 9 bytes instead of the 7 that were written;");
    assertThat(reason(ledger, item("c", "v2", "p1")).message())
        .startsWith("out/c.png was made from an earlier version of the input (v1, now v2);");
    assertThat(reason(ledger, item("d", "v1", "p1")))
        .isEqualTo(
            new ResultRow.Failure(
                ErrorCode.OUTPUT_EXISTS,
                "out/d.png exists and no record says how it was made; set output.overwrite (--overwrite) to replace it."));
  }

  @Test
  void overwritingReplacesWhatDiffersAndKeepsWhatDoesNot() {
    outputs.put("out/a.png", 7L);
    outputs.put("out/b.png", 7L);
    Ledger ledger = ledger(ExistingOutput.REPLACE, FailedImages.KEEP);
    ledger.add(done("a", "v1", "p1", 7, 1));
    ledger.add(done("b", "v1", "p1", 7, 1));

    assertThat(ledger.decide(item("a", "v1", "p1"))).isInstanceOf(Decision.Keep.class);
    assertThat(ledger.decide(item("b", "v1", "p2"))).isEqualTo(new Decision.Compute());
  }

  @Test
  void ofSeveralRecordsTheLastCounts() {
    outputs.put("out/a.png", 8L);
    Ledger ledger = ledger(ExistingOutput.SKIP, FailedImages.KEEP);
    ImageRecord later = done("a", "v1", "p2", 8, 20);
    ledger.add(later);
    ledger.add(done("a", "v1", "p1", 7, 10));

    assertThat(ledger.decide(item("a", "v1", "p2"))).isEqualTo(new Decision.Keep(later));
  }

  @Test
  void failuresOfTheImageStayAndOthersAreTriedAgain() {
    Ledger keeping = ledger(ExistingOutput.SKIP, FailedImages.KEEP);
    Ledger retrying = ledger(ExistingOutput.SKIP, FailedImages.RETRY);
    for (Ledger ledger : List.of(keeping, retrying)) {
      ledger.add(failed("broken", ErrorCode.IMAGE_DECODE));
      ledger.add(failed("unlucky", ErrorCode.INPUT_READ));
    }

    assertThat(keeping.decide(item("broken", "v1", "p1"))).isInstanceOf(Decision.Keep.class);
    assertThat(keeping.decide(item("broken", "v2", "p1"))).isEqualTo(new Decision.Compute());
    assertThat(keeping.decide(item("unlucky", "v1", "p1"))).isEqualTo(new Decision.Compute());
    assertThat(retrying.decide(item("broken", "v1", "p1"))).isEqualTo(new Decision.Compute());
  }

  /** Its own bytes may be there all the same; publishing compares. */
  @Test
  void whatFailedWhileItWasWrittenIsTriedAgainAlthoughSomethingIsThere() {
    outputs.put("out/written.png", 7L);
    outputs.put("out/unread.png", 7L);
    Ledger ledger = ledger(ExistingOutput.SKIP, FailedImages.KEEP);
    ledger.add(failed("written", ErrorCode.OUTPUT_WRITE));
    ledger.add(failed("unread", ErrorCode.INPUT_READ));

    assertThat(ledger.decide(item("written", "v1", "p1"))).isEqualTo(new Decision.Compute());
    assertThat(ledger.decide(item("written", "v1", "p2"))).isInstanceOf(Decision.Skip.class);
    assertThat(ledger.decide(item("unread", "v1", "p1"))).isInstanceOf(Decision.Skip.class);
  }

  @Test
  void aRecordSurvivesItsJsonAndDamagedOnesAreNone() {
    ImageRecord done = done("ä \"x\"", "v1", "p1", 7, 1);
    ImageRecord failed = failed("b", ErrorCode.NOT_FINITE);

    assertThat(ImageRecord.parse(done.toJson())).contains(done);
    assertThat(ImageRecord.parse(failed.toJson())).contains(failed);
    assertThat(ImageRecord.parse(done.toJson().substring(0, 60))).isEmpty();
    assertThat(ImageRecord.parse("{}")).isEmpty();
    assertThat(ImageRecord.parse("")).isEmpty();
  }

  @Test
  void aRecordOfAnEarlierVersionIsUnderstood() {
    String now = done("a", "v1", "p1", 7, 1).toJson();
    String plain = now.replaceFirst(",\"faces\":\\{[^}]*},\"preCleaning\":\\{[^}]*}", "");
    assertThat(plain).isNotEqualTo(now).doesNotContain("faces", "preCleaning");
    assertThat(ImageRecord.parse(plain)).contains(done("a", "v1", "p1", 7, 1));

    String cleaned =
        plain.replace("\"warned\"", "\"PRE_CLEAN: left as it is, severity 0.38 (x).\"");
    assertThat(ImageRecord.parse(cleaned))
        .hasValueSatisfying(
            record -> {
              assertThat(record.result().preCleaning())
                  .isEqualTo(new PreCleaning(PreCleaning.Decision.LEFT, "severity 0.38 (x)"));
              assertThat(record.result().warnings()).isEmpty();
            });
  }

  private Ledger ledger(ExistingOutput existing, FailedImages failed) {
    return new Ledger(
        uri -> outputs.containsKey(uri) ? OptionalLong.of(outputs.get(uri)) : OptionalLong.empty(),
        existing,
        failed);
  }

  private static ResultRow.Failure reason(Ledger ledger, WorkItem item) {
    return ((Decision.Skip) ledger.decide(item)).reason();
  }

  private static WorkItem item(String id, String version, String parameters) {
    return new WorkItem(id, "in/" + id, "out/" + id + ".png", 1, Map.of(), version, parameters);
  }

  private static ImageRecord done(
      String id, String version, String parameters, long bytes, long millis) {
    return new ImageRecord(
        id,
        "in/" + id,
        "out/" + id + ".png",
        version,
        parameters,
        RowStatus.DONE,
        null,
        result(bytes, millis));
  }

  private static ImageRecord failed(String id, ErrorCode code) {
    return new ImageRecord(
        id,
        "in/" + id,
        "out/" + id + ".png",
        "v1",
        "p1",
        RowStatus.FAILED,
        new ResultRow.Failure(code, "because"),
        result(0, 1));
  }

  private static ImageResult result(long bytes, long millis) {
    return new ImageResult(
        new ImageResult.Sizes(1, 2, 3, 4, 5, 6),
        "model@1",
        "aa",
        bytes,
        "bb",
        "cpu",
        "FP32",
        Map.of("read", 3L),
        List.of("warned"),
        new ImageResult.Origin("run", "host", "1", 0, millis));
  }
}
