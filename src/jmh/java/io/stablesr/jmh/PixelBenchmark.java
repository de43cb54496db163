package io.stablesr.jmh;

import io.stablesr.core.FloatTensor;
import io.stablesr.degrade.DegradationDraw;
import io.stablesr.degrade.Degrader;
import io.stablesr.degrade.Drawer;
import io.stablesr.degrade.Presets;
import io.stablesr.image.ColorCorrection;
import io.stablesr.image.TorchResize;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.infra.Blackhole;

/** What happens to pixels before and after the networks, and when training pairs are made. */
public class PixelBenchmark extends Averages {
  private static final int SCALE = 4;
  private static final int DRAWS = 8;

  /** Side of the square result in pixels. */
  @Param("512")
  private int sidePixels;

  private FloatTensor picture;
  private FloatTensor small;
  private FloatTensor enlarged;
  private List<DegradationDraw> draws;

  /** Makes the picture, the same reduced by 4, and that enlarged again. */
  @Setup
  public void prepare() throws IOException {
    picture = Photograph.middle(sidePixels);
    small = TorchResize.area(picture, sidePixels / SCALE, sidePixels / SCALE);
    enlarged = bicubic();
    Drawer drawer = new Drawer(Presets.named("stablesr"), SCALE);
    draws = IntStream.range(0, DRAWS).mapToObj(seed -> drawer.draw(seed, "jmh")).toList();
  }

  /** The enlargement before the networks. */
  @Benchmark
  public FloatTensor bicubic() {
    return TorchResize.bicubic(small, sidePixels, sidePixels);
  }

  /** Colours of the input by mean and deviation. */
  @Benchmark
  public FloatTensor adain() {
    return ColorCorrection.adain(picture, enlarged);
  }

  /** Colours of the input by its blur, with the default of 5 levels. */
  @Benchmark
  public FloatTensor wavelet() {
    return ColorCorrection.wavelet(picture, enlarged, ColorCorrection.WAVELET_LEVELS);
  }

  /**
   * A pair of the preset {@code stablesr}. Which operations a draw has decides what it takes, so
   * that the mean of the same draws is measured every time.
   */
  @Benchmark
  @OperationsPerInvocation(DRAWS)
  public void degradation(Blackhole hole) {
    for (DegradationDraw draw : draws) {
      hole.consume(Degrader.apply(picture, draw));
    }
  }
}
