package io.stablesr.jmh;

import io.stablesr.core.FloatTensor;
import io.stablesr.diffusion.GaussianCentre;
import io.stablesr.diffusion.GaussianWeights;
import io.stablesr.diffusion.TileAggregation;
import io.stablesr.diffusion.TileGrid;
import io.stablesr.diffusion.Window;
import java.util.Arrays;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** What a step of aggregation sampling does on the heap, for a canvas of 256x256 latents. */
public class TileBenchmark extends Averages {
  private static final int CANVAS_LATENTS = 256;
  private static final int CHANNELS = 4;

  /** Side of a tile. */
  @Param({"64", "160"})
  private int tileLatents;

  /** Overlap of neighbours. */
  @Param("16")
  private int overlapLatents;

  private TileGrid grid;
  private FloatTensor prediction;
  private double[] weights;

  /** Makes the grid and one tile's prediction, which stands for all. */
  @Setup
  public void prepare() {
    grid = new TileGrid(CANVAS_LATENTS, CANVAS_LATENTS, tileLatents, overlapLatents);
    prediction = FloatTensor.zeros(1, CHANNELS, tileLatents, tileLatents);
    Arrays.fill(prediction.data(), 0.5f);
    weights = gaussianWeights();
  }

  /** The weights of one tile. */
  @Benchmark
  public double[] gaussianWeights() {
    return GaussianWeights.of(tileLatents, tileLatents, GaussianCentre.SYMMETRIC);
  }

  /** All tiles of the canvas into their weighted mean. */
  @Benchmark
  public FloatTensor aggregation() {
    TileAggregation aggregation = new TileAggregation(1, CHANNELS, CANVAS_LATENTS, CANVAS_LATENTS);
    for (Window window : grid.tiles()) {
      aggregation.add(0, window, prediction, 0, weights);
    }
    return aggregation.mean();
  }
}
