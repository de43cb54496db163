package io.stablesr.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stablesr.SharedFolder;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.image.DecodeLimits;
import io.stablesr.image.ImageDecoder;
import io.stablesr.image.PilResize;
import io.stablesr.restore.PreClean.Mode;
import io.stablesr.restore.PreCleaning.Decision;
import io.stablesr.testing.Damage;
import io.stablesr.testing.Differences;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PreCleaningUpscalerTest {
  private static final NetworkFiles CLEANER =
      NetworkFiles.of(SharedFolder.path("thirdparty/realesr-general-x4v3.bin").toString());

  private static FloatTensor photograph;

  @BeforeAll
  static void read() throws IOException {
    Path file = SharedFolder.path("data/realsr/lq/Canon_004_LR4.png");
    photograph =
        new ImageDecoder(DecodeLimits.defaults()).decode("sample", Files.readAllBytes(file)).rgb();
  }

  /** Remembers what it was given and enlarges by interpolation. */
  private static final class Recording implements Upscaler {
    private UpscaleRequest seen;

    @Override
    public String modelId() {
      return "recording@0";
    }

    @Override
    public UpscaleResult upscale(UpscaleRequest request, UpscaleListener listener) {
      seen = request;
      double scale = request.options().scale();
      return new UpscaleResult(
          PilResize.bicubic(
              request.image(),
              (int) Math.round(scale * request.image().dim(1)),
              (int) Math.round(scale * request.image().dim(2))),
          1,
          1,
          Map.of("sample", 5L),
          List.of("a note"),
          PreCleaning.NONE,
          List.of());
    }

    @Override
    public void close() {}
  }

  private static PreCleaningUpscaler upscaler(Recording model) {
    Upscaler cleaner =
        new MethodFactory().open(NetworkSamples.settings(UpscaleMethod.REALESRGAN, CLEANER));
    return new PreCleaningUpscaler(
        "both@0", model, Optional.of(new InputCleaner(cleaner, 2)), System::nanoTime);
  }

  private static UpscaleResult run(
      Upscaler upscaler, FloatTensor picture, double scale, PreClean how) {
    UpscaleOptions options = NetworkSamples.options(scale, 1024).withPreClean(how);
    return upscaler.upscale(new UpscaleRequest("a", picture, options), (done, total) -> {});
  }

  @Test
  void theModelGetsACleanedPictureTwiceAsLargeAndTheRestOfTheScale() {
    Recording model = new Recording();
    try (PreCleaningUpscaler both = upscaler(model)) {
      for (double scale : new double[] {1, 2.3, 3.3, 4}) {
        FloatTensor image = run(both, photograph, scale, new PreClean(Mode.ON, 1)).image();
        assertThat(model.seen.image().shape()).containsExactly(3, 256, 256);
        assertThat(model.seen.options().scale()).isEqualTo(scale / 2);
        assertThat(image.dim(1)).isEqualTo((int) Math.round(scale * 128));
        assertThat(image.dim(2)).isEqualTo((int) Math.round(scale * 128));
      }
      // Bicubic reduction by two of the network's own result.
      FloatTensor four;
      try (Upscaler network =
          new MethodFactory().open(NetworkSamples.settings(UpscaleMethod.REALESRGAN, CLEANER))) {
        four = run(network, photograph, 4, PreClean.OFF).image();
      }
      FloatTensor expected = PilResize.bicubicFloats(four, 256, 256);
      RestorationRunner.clamp(expected);
      assertThat(Differences.maxAbs(model.seen.image(), expected)).isLessThan(0.1 / 255);
    }
  }

  @Test
  void autoCleansWhatIsSevereAndSaysSo() {
    Recording model = new Recording();
    try (PreCleaningUpscaler both = upscaler(model)) {
      UpscaleResult good = run(both, photograph, 4, new PreClean(Mode.AUTO, 1));
      assertThat(model.seen.image()).isSameAs(photograph);
      assertThat(good.preCleaning().decision()).isEqualTo(Decision.LEFT);
      assertThat(good.preCleaning().reason())
          .matches(
              "severity 0\\.\\d\\d is below the limit of 1\\.00 \\(noise .* levels, blockiness .*, blur .*\\)");

      FloatTensor noisy = Damage.noise(photograph, 20, 9);
      UpscaleResult bad = run(both, noisy, 4, new PreClean(Mode.AUTO, 1));
      assertThat(model.seen.image().dim(1)).isEqualTo(256);
      assertThat(bad.image().shape()).containsExactly(3, 512, 512);
      assertThat(bad.notes()).as("those of the model").containsExactly("a note");
      assertThat(bad.preCleaning().decision()).isEqualTo(Decision.CLEANED);
      assertThat(bad.preCleaning().reason())
          .matches("severity 2\\.\\d\\d reaches the limit of 1\\.00 \\(noise .*\\)");
      assertThat(bad.stageMillis().keySet()).containsExactly("pre-clean", "sample");
      FloatTensor cleaned = PilResize.bicubicFloats(model.seen.image(), 128, 128);
      assertThat(SeverityEstimate.of(cleaned).noiseLevels())
          .isLessThan(SeverityEstimate.of(noisy).noiseLevels() / 2);

      run(both, noisy, 4, new PreClean(Mode.AUTO, 100));
      assertThat(model.seen.image()).isSameAs(noisy);
      UpscaleResult off = run(both, noisy, 4, PreClean.OFF);
      assertThat(model.seen.image()).isSameAs(noisy);
      assertThat(off.preCleaning()).isEqualTo(PreCleaning.NONE);
    }
  }

  /** Keeps the size and makes everything darker by so many levels of 8 bits. */
  private record Darkening(double levels) implements Upscaler {
    @Override
    public String modelId() {
      return "darkening@0";
    }

    @Override
    public UpscaleResult upscale(UpscaleRequest request, UpscaleListener listener) {
      assertThat(request.options().scale()).isEqualTo(1);
      FloatTensor image = request.image().copy();
      for (int i = 0; i < image.size(); i++) {
        image.data()[i] -= (float) (levels / 255);
      }
      return new UpscaleResult(image, 1, 1, Map.of());
    }

    @Override
    public void close() {}
  }

  @Test
  void aCleanerThatKeepsTheSizeDecidesByWhatItChanges() {
    Recording model = new Recording();
    for (double share : new double[] {0.9, 1.1}) {
      Upscaler cleaner = new Darkening(share * CleaningChange.SEVERE_LEVELS);
      try (PreCleaningUpscaler both =
          new PreCleaningUpscaler(
              "both@0", model, Optional.of(new InputCleaner(cleaner, 1)), System::nanoTime)) {
        UpscaleResult result = run(both, photograph, 4, new PreClean(Mode.AUTO, 1));
        assertThat(model.seen.options().scale()).isEqualTo(4);
        assertThat(result.image().shape()).containsExactly(3, 512, 512);
        PreCleaning decided = result.preCleaning();
        if (share < 1) {
          assertThat(model.seen.image()).isSameAs(photograph);
          assertThat(decided.decision()).isEqualTo(Decision.LEFT);
          assertThat(decided.reason())
              .matches(
                  "severity 0\\.90 is below the limit of 1\\.00 \\(cleaning changes \\d+\\.\\d levels; not decisive: noise .* levels, blockiness .*, blur .*\\)");
        } else {
          assertThat(model.seen.image().shape()).containsExactly(3, 128, 128);
          assertThat(Differences.maxAbs(model.seen.image(), photograph))
              .isCloseTo(share * CleaningChange.SEVERE_LEVELS / 255, within(1e-5));
          assertThat(decided.decision()).isEqualTo(Decision.CLEANED);
          assertThat(decided.reason())
              .startsWith("severity 1.10 reaches the limit of 1.00 (cleaning changes ");
        }
        PreCleaning asked = run(both, photograph, 4, new PreClean(Mode.ON, 100)).preCleaning();
        assertThat(asked.decision()).isEqualTo(Decision.CLEANED);
        assertThat(asked.reason())
            .matches("as asked; severity [01]\\.[19]0 \\(cleaning changes .*");
        assertThat(model.seen.image()).isNotSameAs(photograph);
      }
    }
  }

  @Test
  void whatCannotBeIsRefusedBeforeAnImageIsRead() {
    UpscaleOptions auto = NetworkSamples.options(4, 1024).withPreClean(new PreClean(Mode.AUTO, 1));
    try (PreCleaningUpscaler none =
        new PreCleaningUpscaler("a@0", new Recording(), Optional.empty(), System::nanoTime)) {
      assertThatThrownBy(() -> none.check(auto))
          .isInstanceOfSatisfying(
              StableSrException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIG))
          .hasMessageStartingWith(
              "upscale.pre-clean is auto, but no cleaner is loaded; set model.cleaner-weights (--cleaner-weights) for the job, to stablesr-cleaner-x1 or the weight file");
    }
    try (Upscaler network =
        new MethodFactory().open(NetworkSamples.settings(UpscaleMethod.REALESRGAN, CLEANER))) {
      assertThatThrownBy(() -> network.check(auto))
          .hasMessage(
              "upscale.pre-clean is auto, but the model is realesrgan:realesr-general-x4v3; only the method stablesr has inputs cleaned. Set upscale.pre-clean = off (--pre-clean off) or model.method = stablesr.");
    }
    assertThatThrownBy(() -> new PreClean(Mode.AUTO, 0))
        .hasMessage("upscale.pre-clean-severity is 0.0; it must be above 0.");
  }

  @Test
  void anEnlargingNetworkGivesTwiceTheSizeAtMost() {
    assertThat(InputCleaner.factor(1)).isEqualTo(1);
    assertThat(InputCleaner.factor(2)).isEqualTo(2);
    assertThat(InputCleaner.factor(4)).isEqualTo(2);
  }

  @Test
  void aCleanerThatKeepsTheSizeLeavesTheWholeScaleToTheModelInStripsToo() {
    List<UpscaleRequest> seen = new ArrayList<>();
    Upscaler model =
        new Upscaler() {
          @Override
          public String modelId() {
            return "strips@0";
          }

          @Override
          public UpscaleResult upscale(UpscaleRequest request, UpscaleListener listener) {
            throw new AssertionError("in strips");
          }

          @Override
          public UpscaleFacts upscaleInStrips(
              UpscaleRequest request, UpscaleListener listener, StripSink sink) {
            seen.add(request);
            return new UpscaleFacts(
                512,
                512,
                3,
                7,
                Map.of("sample", 5L),
                List.of("a note"),
                PreCleaning.NONE,
                List.of());
          }

          @Override
          public void close() {}
        };
    try (PreCleaningUpscaler both =
        new PreCleaningUpscaler(
            "both@0",
            model,
            Optional.of(new InputCleaner(new Darkening(20), 1)),
            System::nanoTime)) {
      UpscaleOptions options =
          NetworkSamples.options(4, 1024).withPreClean(new PreClean(Mode.AUTO, 1));
      UpscaleFacts facts =
          both.upscaleInStrips(
              new UpscaleRequest("a", photograph, options), (done, total) -> {}, null);
      assertThat(seen).hasSize(1);
      assertThat(seen.get(0).options().scale()).isEqualTo(4);
      assertThat(seen.get(0).image().shape()).containsExactly(3, 128, 128);
      assertThat(Differences.maxAbs(seen.get(0).image(), photograph))
          .isCloseTo(20.0 / 255, within(1e-5));
      assertThat(facts.networkCalls()).isEqualTo(7);
      assertThat(facts.stageMillis().keySet()).containsExactly("pre-clean", "sample");
      assertThat(facts.notes()).containsExactly("a note");
      assertThat(facts.preCleaning().decision()).isEqualTo(Decision.CLEANED);
      assertThat(facts.preCleaning().reason()).startsWith("severity 4.00 reaches ");
    }
  }
}
