package io.stablesr.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stablesr.SharedFolder;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.image.PilResize;
import io.stablesr.network.RestorationNetwork;
import io.stablesr.network.RrdbNet;
import io.stablesr.network.SrvggNet;
import io.stablesr.network.SwinIr;
import io.stablesr.network.SwinIr.Residual;
import io.stablesr.testing.Differences;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Restoration networks on whole pictures, on tiles, in strips; the criterion is one level. */
class RestorationUpscalerTest {
  private static final double LEVEL = 1.0 / 255;
  private static final int UNTILED = 1 << 20;
  private static final RrdbNet DENSE = new RrdbNet(8, 4, 1, 1, 2);
  private static final RrdbNet DENSE_X2 = new RrdbNet(8, 4, 1, 2, 2);
  private static final SrvggNet COMPACT = new SrvggNet(8, 3, 4);
  private static final SrvggNet OWN_SIZE = new SrvggNet(8, 3, 1);
  private static final SwinIr WINDOWS =
      new SwinIr(12, List.of(2), 2, 8, 24, Residual.ONE_CONVOLUTION, 8, 2);

  @TempDir private Path folder;

  private Upscaler open(UpscaleMethod method, RestorationNetwork network) {
    Path file = NetworkSamples.write(folder.resolve("small.safetensors"), network);
    return new MethodFactory()
        .open(NetworkSamples.settings(method, NetworkFiles.of(file.toString())));
  }

  private static UpscaleResult run(
      Upscaler upscaler, FloatTensor picture, double scale, int tilePixels) {
    return upscaler.upscale(
        new UpscaleRequest("a", picture, NetworkSamples.options(scale, tilePixels)),
        (done, total) -> {});
  }

  @Test
  void tilesOfNetworksWithinReachGiveWhatTheWholeGives() {
    for (RestorationNetwork network : List.of(DENSE, DENSE_X2, COMPACT, OWN_SIZE)) {
      assertThat(RestorationTiles.of(network).exact()).isTrue();
      try (Upscaler upscaler = open(UpscaleMethod.REALESRGAN, network)) {
        FloatTensor picture = NetworkSamples.picture(201, 243, 1);
        UpscaleResult tiled = run(upscaler, picture, network.scale(), 128);
        UpscaleResult whole = run(upscaler, picture, network.scale(), UNTILED);
        assertThat(whole.tiles()).isEqualTo(1);
        assertThat(tiled.tiles()).isGreaterThan(3);
        assertThat(tiled.image().dim(1)).isEqualTo(network.scale() * 201);
        assertThat(Differences.maxAbs(tiled.image(), whole.image())).isLessThan(LEVEL / 100);
        assertThat(Differences.maxAbs(whole.image(), FloatTensor.zeros(whole.image().shape())))
            .as("the network does something")
            .isGreaterThan(10 * LEVEL);
      }
    }
  }

  @Test
  void windowsStayWhereTheyWereSoThatTilesDifferByLessThanOneLevel() {
    try (Upscaler upscaler = open(UpscaleMethod.SWINIR, WINDOWS)) {
      FloatTensor picture = NetworkSamples.picture(150, 170, 2);
      UpscaleResult tiled = run(upscaler, picture, 4, 128);
      assertThat(tiled.tiles()).isGreaterThan(3);
      assertThat(Differences.maxAbs(tiled.image(), run(upscaler, picture, 4, UNTILED).image()))
          .isLessThan(LEVEL / 10);
    }
  }

  @Test
  void aPublishedNetworkGivesTheSameOnTilesOfAnySize() {
    Upscaler upscaler =
        new MethodFactory()
            .open(
                NetworkSamples.settings(
                    UpscaleMethod.REALESRGAN,
                    NetworkFiles.of(
                        SharedFolder.path("thirdparty/realesr-general-x4v3.param").toString())));
    try (upscaler) {
      FloatTensor picture = NetworkSamples.picture(130, 150, 3);
      UpscaleResult tiled = run(upscaler, picture, 4, 128);
      assertThat(tiled.tiles()).isGreaterThan(3);
      assertThat(Differences.maxAbs(tiled.image(), run(upscaler, picture, 4, UNTILED).image()))
          .isLessThan(LEVEL / 100);
    }
  }

  @Test
  void anyScaleIsReachedByResizing() {
    try (Upscaler upscaler = open(UpscaleMethod.REALESRGAN, COMPACT)) {
      FloatTensor picture = NetworkSamples.picture(61, 47, 4);
      FloatTensor full = run(upscaler, picture, 4, UNTILED).image();
      FloatTensor odd = run(upscaler, picture, 2.5, 128).image();
      assertThat(odd.shape()).containsExactly(3, 153, 118);
      FloatTensor expected = PilResize.bicubicFloats(full, 153, 118);
      RestorationRunner.clamp(expected);
      assertThat(Differences.maxAbs(odd, expected)).isLessThan(LEVEL / 100);
      assertThat(run(upscaler, picture, 6, 128).image().shape()).containsExactly(3, 366, 282);

      // A factor that divides the network's is reduced tile by tile, with the same result.
      FloatTensor half = run(upscaler, picture, 2, 128).image();
      FloatTensor halved = PilResize.bicubicFloats(full, 122, 94);
      RestorationRunner.clamp(halved);
      assertThat(Differences.maxAbs(half, halved)).isLessThan(LEVEL / 100);
    }
  }

  @Test
  void picturesSmallerThanAWindowAreRestoredToo() {
    try (Upscaler upscaler = open(UpscaleMethod.SWINIR, WINDOWS)) {
      assertThat(run(upscaler, NetworkSamples.picture(1, 3, 5), 4, 128).image().shape())
          .containsExactly(3, 4, 12);
    }
  }

  @Test
  void stripsGiveTheSameRowsAndAreTakenWhereTheyAreAskedFor() {
    try (Upscaler upscaler = open(UpscaleMethod.REALESRGAN, DENSE)) {
      FloatTensor picture = NetworkSamples.picture(90, 70, 6);
      UpscaleOptions options = NetworkSamples.options(4, 128).withStripPixels(1000);
      UpscaleRequest request = new UpscaleRequest("a", picture, options);
      assertThat(upscaler.needsStrips(request)).isTrue();
      assertThat(
              upscaler.needsStrips(
                  new UpscaleRequest("a", picture, NetworkSamples.options(4, 128))))
          .isFalse();
      Strips strips = new Strips(folder);
      upscaler.upscaleInStrips(request, (done, total) -> {}, strips);
      assertThat(strips.rowCounts.size()).isGreaterThan(1);
      assertThat(strips.picture().shape()).containsExactly(3, 360, 280);
      assertThat(Differences.maxAbs(strips.picture(), run(upscaler, picture, 4, 128).image()))
          .isZero();
    }
  }

  /** Puts strips together. */
  private static final class Strips implements StripSink {
    private final Path scratch;
    private final List<Integer> rowCounts = new ArrayList<>();
    private FloatTensor whole;
    private int top;

    Strips(Path scratch) {
      this.scratch = scratch;
    }

    FloatTensor picture() {
      assertThat(top).isEqualTo(whole.dim(1));
      return whole;
    }

    @Override
    public Path scratchFolder() {
      return scratch;
    }

    @Override
    public void begin(int width, int height) {
      whole = FloatTensor.zeros(3, height, width);
      top = 0;
    }

    @Override
    public void write(FloatTensor strip) {
      int size = strip.dim(1) * strip.dim(2);
      for (int channel = 0; channel < 3; channel++) {
        System.arraycopy(
            strip.data(),
            channel * size,
            whole.data(),
            (channel * whole.dim(1) + top) * whole.dim(2),
            size);
      }
      top += strip.dim(1);
      rowCounts.add(strip.dim(1));
    }
  }

  @Test
  void aScaleThatNeedsResizingCannotBeLargerThanTheHeap() {
    RestorationMemory odd = RestorationMemory.of(5000, 4000, 3, 4);
    UpscaleOptions options = NetworkSamples.options(3, 1024);
    assertThat(odd.needsStrips(options, 64L << 30)).isFalse();
    assertThatThrownBy(() -> odd.needsStrips(options, 2L << 30))
        .isInstanceOfSatisfying(
            StableSrException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.IMAGE_TOO_LARGE))
        .hasMessageContaining("choose a scale that divides the network's");
    RestorationMemory even = RestorationMemory.of(5000, 4000, 4, 4);
    assertThat(even.needsStrips(NetworkSamples.options(4, 1024), 2L << 30)).isTrue();
  }

  @Test
  void costsCountTilesAndTheirHalos() {
    Path file = NetworkSamples.write(folder.resolve("cost.safetensors"), COMPACT);
    ModelSettings settings =
        NetworkSamples.settings(UpscaleMethod.REALESRGAN, NetworkFiles.of(file.toString()));
    CostModel costs = new MethodFactory().costs(settings, 4L << 30);
    ImageCost whole = costs.cost(200, 100, NetworkSamples.options(4, UNTILED));
    ImageCost tiled = costs.cost(200, 100, NetworkSamples.options(4, 128));
    assertThat(whole.tiles()).isEqualTo(1);
    assertThat(whole.outputPixels()).isEqualTo(320_000);
    double perPixel = COMPACT.graph(64, 64).cost().flops() / (64.0 * 64);
    assertThat(whole.flops()).isCloseTo(perPixel * 20_000, Percentage.withPercentage(1));
    assertThat(tiled.tiles()).isGreaterThan(10);
    assertThat(tiled.flops()).isGreaterThan(1.3 * whole.flops());
    assertThat(tiled.deviceBytes()).isLessThan(whole.deviceBytes());
  }

  @Test
  void notANumberIsNoPicture() {
    Map<String, FloatTensor> weights = NetworkSamples.weights(DENSE);
    Arrays.fill(weights.get("conv_hr.bias").data(), Float.NaN);
    Path file = NetworkSamples.write(folder.resolve("nan.safetensors"), weights, key -> key);
    Upscaler upscaler =
        new MethodFactory()
            .open(NetworkSamples.settings(UpscaleMethod.ESRGAN, NetworkFiles.of(file.toString())));
    try (upscaler) {
      assertThatThrownBy(() -> run(upscaler, NetworkSamples.picture(20, 20, 7), 4, 128))
          .isInstanceOfSatisfying(
              StableSrException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FINITE));
    }
  }
}
