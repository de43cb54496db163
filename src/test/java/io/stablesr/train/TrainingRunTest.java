package io.stablesr.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.stablesr.SharedFolder;
import io.stablesr.checkpoint.Checkpoint;
import io.stablesr.core.Digests;
import io.stablesr.core.FloatTensor;
import io.stablesr.restore.ModelBundle;
import io.stablesr.restore.ModelDescription;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stages as the command runs them, with the embedded model and small pictures. */
class TrainingRunTest {
  private static final String BUNDLE = "src/main/resources/models/stablesr-mini";

  @TempDir private Path folder;
  private final StringWriter log = new StringWriter();

  @BeforeEach
  void writePhotos() throws IOException {
    Files.createDirectories(folder.resolve("photos"));
    SplittableRandom random = new SplittableRandom(1);
    for (int n = 0; n < 2; n++) {
      BufferedImage photo = new BufferedImage(120, 110, BufferedImage.TYPE_INT_RGB);
      for (int y = 0; y < 110; y++) {
        for (int x = 0; x < 120; x++) {
          int grey = (x / 7 + y / 5) % 2 * 120 + random.nextInt(60);
          photo.setRGB(x, y, grey << 16 | grey << 8 | (n == 0 ? grey : 255 - grey));
        }
      }
      ImageIO.write(photo, "png", folder.resolve("photos/" + n + ".png").toFile());
    }
  }

  private void run(String stage, String... lines) throws IOException {
    String text =
        """
        common {
          model = "%s"
          init = ["%s/diffusion.safetensors", "%s/autoencoder.safetensors"]
          photos = "%s/photos"
        }
        """
            .formatted(BUNDLE, BUNDLE, BUNDLE, folder);
    Config config = ConfigFactory.parseString(text + String.join("\n", lines)).resolve();
    new TrainingRun(config, new PrintWriter(log), () -> false).run(stage);
  }

  private static FloatTensor weight(Path state, String key) {
    try (Checkpoint checkpoint = Checkpoint.open(state)) {
      return checkpoint.get("weight/" + key).toFloats();
    }
  }

  @Test
  void stageOneTrainsWhatIsAddedToThePrior() throws IOException {
    Path out = folder.resolve("stage-1");
    run(
        "a",
        "a = ${common} { kind = denoiser, folder = \""
            + out
            + "\", side = 64, count = 1, steps = 2 }");
    Path state = out.resolve("state.safetensors");
    try (Checkpoint checkpoint = Checkpoint.open(state)) {
      List<String> trained =
          checkpoint.names().stream()
              .filter(name -> name.startsWith("first/"))
              .map(name -> name.substring(6))
              .toList();
      assertThat(trained)
          .allMatch(key -> key.startsWith("structcond_stage_model.") || key.contains(".spade."))
          .contains("model.diffusion_model.middle_block.0.spade.mlp_beta.bias");
    }
    String frozen = "model.diffusion_model.out.2.weight";
    try (Checkpoint before = Checkpoint.open(Path.of(BUNDLE, "diffusion.safetensors"))) {
      assertThat(weight(state, frozen).data()).isEqualTo(before.get(frozen).toFloats().data());
    }
    assertThat(Files.readAllLines(out.resolve("curve.csv"))).first().isEqualTo("step,name,value");
  }

  @Test
  void stageTwoLearnsFromTheSetThatItsJobMakes() throws IOException {
    Path pairs = folder.resolve("pairs");
    String data =
        "data = ${common} { kind = fusion-data, folder = \""
            + pairs
            + "\", side = 64, count = 2, steps = 2, threads = 1 }";
    run("data", data);
    for (String part : List.of("inputs", "gts", "samples")) {
      assertThat(pairs.resolve(part + "/00000001.png")).isNotEmptyFile();
    }
    Path latent = pairs.resolve("latents/00000001.npy");
    assertThat(NumpyFile.read(latent).shape()).containsExactly(1, 4, 16, 16);
    FileTime made = Files.getLastModifiedTime(latent);
    run("data", data);
    assertThat(Files.getLastModifiedTime(latent)).isEqualTo(made);

    Path out = folder.resolve("stage-2");
    run(
        "b",
        "b { model = ${common.model}, init = ${common.init}, kind = fusion, folder = \""
            + out
            + "\", pairs = \""
            + pairs
            + "\", initialize-missing = true, adversarial-start = 2, steps = 3, curve-steps = 1,"
            + " optimizer.learning-rate = 1e-3 }");
    Path state = out.resolve("state.safetensors");
    String fusion = "decoder.fusion_layer_1.encode_enc_1.conv1.weight";
    String frozen = "decoder.conv_out.weight";
    try (Checkpoint before = Checkpoint.open(Path.of(BUNDLE, "autoencoder.safetensors"))) {
      assertThat(weight(state, fusion).data()).isNotEqualTo(before.get(fusion).toFloats().data());
      assertThat(weight(state, frozen).data()).isEqualTo(before.get(frozen).toFloats().data());
    }
    List<String> curve = Files.readAllLines(out.resolve("curve.csv"));
    assertThat(curve).noneMatch(line -> line.startsWith("1,discriminator"));
    assertThat(curve).anyMatch(line -> line.startsWith("2,discriminator"));
    assertThat(curve).anyMatch(line -> line.startsWith("3,judgement"));
  }

  @Test
  void patchesAreTheSameHoweverOftenTheyAreMade() throws IOException {
    String teacher = SharedFolder.path("thirdparty/realesr-general-x4v3.bin").toString();
    String stage =
        "p { kind = patches, photos = ${common.photos}, output = \"%s\", side = 64, count = 3,"
            + " rounds = 1, teacher { param = \"%s\", bin = \"%s\" } }";
    for (String output : List.of("one", "two")) {
      run("p", stage.formatted(folder.resolve(output), teacher.replace(".bin", ".param"), teacher));
    }
    try (Stream<Path> files = Files.list(folder.resolve("one"))) {
      List<Path> patches = files.sorted().toList();
      assertThat(patches).hasSize(3);
      for (Path patch : patches) {
        assertThat(folder.resolve("two").resolve(patch.getFileName()))
            .hasSameBinaryContentAs(patch);
        assertThat(Patch.read(patch).lowQuality()).hasSize(3 * 16 * 16);
      }
    }
    // Sets are joined by copying files under other names.
    Files.copy(
        folder.resolve("two/000000.safetensors"), folder.resolve("one/b-000000.safetensors"));
    assertThat(PatchSet.of(folder.resolve("one")).size()).isEqualTo(4);
  }

  @Test
  void anExportedBundleHoldsTheTrainedWeights() throws IOException {
    Path out = folder.resolve("bundle");
    run(
        "e",
        "e { model = ${common.model}, init = ${common.init}, kind = export, folder = \""
            + out
            + "\" }");
    ModelDescription description = ModelBundle.open(out.toString(), folder).description();
    assertThat(description.files()).hasSize(2);
    for (ModelDescription.BundleFile file : description.files()) {
      Path path = out.resolve(file.name());
      assertThat(Digests.sha256(path)).isEqualTo(file.sha256());
      assertThat(Files.size(path)).isEqualTo(file.bytes());
      try (Checkpoint ours = Checkpoint.open(path);
          Checkpoint before = Checkpoint.open(Path.of(BUNDLE, file.name()))) {
        assertThat(ours.names()).containsExactlyInAnyOrderElementsOf(before.names());
        for (String name : ours.names()) {
          assertThat(ours.get(name).toFloats().data())
              .as(name)
              .isEqualTo(before.get(name).toFloats().data());
        }
      }
    }
  }

  @Test
  void mistakesInAStageAreNamed() {
    assertThatThrownBy(() -> run("x", "x { kind = latent, modle = a }"))
        .hasMessage(
            "Key 'x.modle' is unknown for a stage of kind latent; the nearest known key is 'model'.");
    assertThatThrownBy(() -> run("x", "x { kind = export }"))
        .hasMessageStartingWith("Key 'x.")
        .hasMessageEndingWith("a stage of kind export needs it.");
    assertThatThrownBy(() -> run("x", "x { kind = late }"))
        .hasMessageStartingWith("x.kind is 'late'; it must be one of autoencoder, cleaner,");
    assertThatThrownBy(() -> run("y", "x { kind = export }"))
        .hasMessage("The configuration has no stage 'y'; it has common, x.");
  }

  @Test
  void everyKeyOfEveryKindIsDocumented() throws IOException {
    String page = Files.readString(Path.of("docs/training.md"));
    for (String kind : StageKinds.names()) {
      assertThat(page).contains("`" + kind + "`");
      for (String key : StageKinds.keys(kind).keySet()) {
        assertThat(page).as(kind + "." + key).contains("| `" + key + "` |");
      }
    }
  }
}
