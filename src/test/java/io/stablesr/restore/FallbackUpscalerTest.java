package io.stablesr.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.job.SettingsReader;
import io.stablesr.restore.FallbackUpscaler.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class FallbackUpscalerTest {
  private static final UpscaleOptions OPTIONS =
      SettingsReader.upscale(ConfigFactory.parseResources("reference.conf").getConfig("stablesr"));

  private final List<String> tried = new ArrayList<>();

  @Test
  void memoryIsSavedByTheTileBatchFirstAndByTheTilesOfTheAutoencoderThen() {
    FallbackUpscaler upscaler =
        new FallbackUpscaler(
            model(
                options ->
                    options.sampling().tileBatch() > 1 || options.vaeTilePixels() > 512
                        ? ErrorCode.OUT_OF_MEMORY
                        : null),
            ModelDtype.FP32,
            () -> null);

    Outcome<UpscaleResult> outcome = upscaler.upscale(request(), (done, total) -> {});

    assertThat(tried).containsExactly("4/1024", "2/1024", "1/1024", "1/512");
    assertThat(outcome.dtype()).isEqualTo(ModelDtype.FP32);
    assertThat(outcome.warnings())
        .containsExactly(
            "Not enough memory for tile-batch 4; used 2.",
            "Not enough memory for tile-batch 2; used 1.",
            "Not enough memory for vae-tile-pixels 1024; used 512.");
  }

  @Test
  void theSmallestTilesAreTheEnd() {
    FallbackUpscaler upscaler =
        new FallbackUpscaler(
            model(options -> ErrorCode.OUT_OF_MEMORY), ModelDtype.FP32, () -> null);

    assertThatThrownBy(() -> upscaler.upscale(request(), (done, total) -> {}))
        .isInstanceOfSatisfying(
            StableSrException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OUT_OF_MEMORY))
        .hasMessage("Memory was not enough, not even with tile-batch 1 and vae-tile-pixels 256.");
    assertThat(tried).hasSize(5);
  }

  @Test
  void aResultThatIsNotFiniteIsComputedAgainInFp32() {
    FallbackUpscaler upscaler =
        new FallbackUpscaler(
            model(options -> ErrorCode.NOT_FINITE), ModelDtype.BF16, () -> model(options -> null));

    Outcome<UpscaleResult> outcome = upscaler.upscale(request(), (done, total) -> {});

    assertThat(outcome.dtype()).isEqualTo(ModelDtype.FP32);
    assertThat(outcome.warnings())
        .containsExactly("BF16 gave NaN or infinity; computed again in FP32.");
  }

  @Test
  void otherFailuresAndThoseOfFp32ArePassedOn() {
    FallbackUpscaler engine =
        new FallbackUpscaler(model(options -> ErrorCode.ENGINE), ModelDtype.BF16, () -> null);
    FallbackUpscaler notFinite =
        new FallbackUpscaler(model(options -> ErrorCode.NOT_FINITE), ModelDtype.FP32, () -> null);

    assertThatThrownBy(() -> engine.upscale(request(), (done, total) -> {})).hasMessage("ENGINE");
    assertThatThrownBy(() -> notFinite.upscale(request(), (done, total) -> {}))
        .hasMessage("NOT_FINITE");
    assertThat(tried).hasSize(2);
  }

  private static UpscaleRequest request() {
    return new UpscaleRequest("a", FloatTensor.zeros(3, 2, 2), OPTIONS);
  }

  /** Fails with what {@code failure} says for the options. */
  private Upscaler model(Function<UpscaleOptions, ErrorCode> failure) {
    return new Upscaler() {
      @Override
      public String modelId() {
        return "model";
      }

      @Override
      public UpscaleResult upscale(UpscaleRequest request, UpscaleListener listener) {
        UpscaleOptions options = request.options();
        tried.add(options.sampling().tileBatch() + "/" + options.vaeTilePixels());
        ErrorCode code = failure.apply(options);
        if (code != null) {
          throw new StableSrException(code, code.name());
        }
        return new UpscaleResult(request.image(), 1, 1, Map.of());
      }

      @Override
      public void close() {}
    };
  }
}
