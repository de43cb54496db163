package io.stablesr.job;

import io.stablesr.core.StableSrException;
import io.stablesr.restore.CostModel;
import io.stablesr.restore.UpscaleOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A made-up archive for trying the planner: sizes are log-normal around 3 megapixels (sigma 1),
 * clipped to 0.05..50 megapixels, in the usual proportions. All of it follows from the seed.
 */
public final class SyntheticArchive {
  private static final double MEDIAN_MEGAPIXELS = 3;
  private static final double LEAST_MEGAPIXELS = 0.05;
  private static final double MOST_MEGAPIXELS = 50;

  /** Of photographs as JPEG. */
  private static final double BYTES_PER_PIXEL = 0.35;

  private static final double[] PROPORTIONS = {4 / 3.0, 3 / 2.0, 16 / 9.0, 1, 3 / 4.0, 2 / 3.0};

  private SyntheticArchive() {}

  /**
   * The images of an archive.
   *
   * @param images items to be packed
   * @param tooLarge how many of them are larger than the engine takes; they fail, at no cost
   */
  public record Archive(List<WorkItem> images, long tooLarge) {}

  /** Makes an archive and plans the cost of each image. */
  public static Archive of(
      int count, long seed, CostModel costs, UpscaleOptions options, DeviceSpeed speed) {
    Random random = new Random(seed);
    List<WorkItem> images = new ArrayList<>(count);
    long tooLarge = 0;
    for (int i = 0; i < count; i++) {
      double megapixels =
          Math.max(
              LEAST_MEGAPIXELS,
              Math.min(MOST_MEGAPIXELS, MEDIAN_MEGAPIXELS * Math.exp(random.nextGaussian())));
      double proportion = PROPORTIONS[random.nextInt(PROPORTIONS.length)];
      int width = (int) Math.round(Math.sqrt(megapixels * 1e6 * proportion));
      int height = (int) Math.round(megapixels * 1e6 / width);
      long cost;
      try {
        cost = WorkCost.of(costs.cost(width, height, options), speed);
      } catch (StableSrException e) {
        cost = WorkCost.ofFailure();
        tooLarge++;
      }
      String id = "%03d/photo-%07d.jpg".formatted(i % 1000, i);
      images.add(
          new WorkItem(
              id,
              "s3a://synthetic-archive/" + id,
              "s3a://synthetic-results/" + id + ".png",
              cost,
              Map.of(),
              "",
              "",
              Math.round(width * (double) height * BYTES_PER_PIXEL),
              ""));
    }
    return new Archive(images, tooLarge);
  }
}
