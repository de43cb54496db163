package io.stablesr.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stablesr.TestImages;
import io.stablesr.restore.StableSrFactory;
import io.stablesr.spark.SharedSpark;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Looking into the embedded model. */
@ExtendWith(SharedSpark.class)
class InspectCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  @TempDir private Path folder;

  @Test
  void pageAndTableHoldEveryStep() throws IOException {
    Path pictures = Files.createDirectory(folder.resolve("in"));
    Files.write(pictures.resolve("a.png"), TestImages.png(40, 20));
    Files.write(pictures.resolve("b&c.png"), TestImages.png(20, 24));
    Files.writeString(pictures.resolve("notes.txt"), "no picture");
    Path output = folder.resolve("out");

    int code = run("inspect", pictures.toString(), "-o", output.toString(), "--steps", "3");

    assertThat(code).as(err.toString()).isZero();
    String html = Files.readString(output.resolve("index.html"));
    assertThat(html).contains("Time awareness of stablesr-mini@", "<bdi>b&amp;c.png</bdi>");
    Path map = output.resolve("maps/0-level0-t999.png");
    BufferedImage strength = ImageIO.read(map.toFile());
    assertThat(strength.getWidth()).isGreaterThan(strength.getHeight());
    List<Row> rows =
        SparkSession.active()
            .read()
            .parquet(output.resolve("similarities").toString())
            .collectAsList();
    assertThat(rows).extracting(row -> row.getString(1)).contains("a.png", "b&c.png");
    assertThat(rows).extracting(row -> row.getInt(6)).contains(0, 1, 2).doesNotContain(3);
    for (Row row : rows) {
      assertThat((double) row.getAs("cosine")).isBetween(-1.0001, 1.0001);
      boolean condition = row.<String>getAs("comparison").equals("condition");
      if (condition && row.<Integer>getAs("step") == 2) {
        assertThat((double) row.getAs("cosine")).isCloseTo(1, within(1e-6));
      }
    }
    // The encoder knows the time: its maps of the first and the last step differ.
    assertThat(rows)
        .filteredOn(row -> row.getString(3).equals("condition") && row.getInt(6) == 0)
        .allSatisfy(row -> assertThat((double) row.getAs("cosine")).isLessThan(0.99995));
    // Noise falls from step to step.
    assertThat(rows)
        .filteredOn(row -> row.getInt(6) == 0)
        .allSatisfy(row -> assertThat((double) row.getAs("snr_decibels")).isLessThan(-20));
  }

  @Test
  void errorsAreOneSentence() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));

    assertThat(run("inspect", empty.toString(), "-o", folder + "/x")).isEqualTo(1);
    assertThat(err.toString())
        .isEqualTo(
            "stablesr: There is no picture to look at in [%s] with --limit 8.%n".formatted(empty));
    assertThat(run("inspect", folder + "/none.png", "-o", folder + "/x")).isEqualTo(1);
    assertThat(err.toString()).contains("/none.png cannot be read");
    assertThat(folder.resolve("x")).doesNotExist();
  }

  private int run(String... arguments) {
    return Commands.run(out, err, folder, StableSrFactory::new, arguments);
  }
}
