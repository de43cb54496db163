package io.stablesr.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.stablesr.job.FlightPlan.Memory;
import io.stablesr.job.FlightPlan.Need;
import io.stablesr.job.FlightPlan.Place;
import io.stablesr.restore.CostModel;
import io.stablesr.restore.ImageCost;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/**
 * With made-up costs: an image of w x h has w tiles and takes h GiB of heap; a tile takes 1 GiB.
 */
class FlightPlanTest {
  private static final long GIB = 1L << 30;
  private static final Config SETTINGS =
      ConfigFactory.parseResources("reference.conf").getConfig("stablesr");
  private static final CostModel COSTS =
      (width, height, options) ->
          new ImageCost(
              1000,
              16_000,
              width,
              width,
              width * 1e9,
              1e9,
              height * GIB,
              2 * GIB + Math.min(width, options.sampling().tileBatch()) * GIB);

  @Test
  void whatFitsIsLeftAlone() {
    FlightPlan plan = plan(4, 8, images(100, 16, 1), memory(1, 64, 64), Place.OWN_MEMORY);

    assertThat(plan.imagesInFlight()).isEqualTo(4);
    assertThat(plan.readAhead()).isEqualTo(2);
    assertThat(plan.writeBehind()).isEqualTo(2);
    assertThat(plan.tileBatch()).isEqualTo(8);
    assertThat(plan.notes()).isEmpty();
  }

  @Test
  void imagesInFlightAreLoweredUntilTheLargestFit() {
    FlightPlan plan = plan(4, 8, images(100, 16, 3), memory(2, 16, 64), Place.OWN_MEMORY);

    // Two tasks, 15.7 GiB: four images of 3 GiB.
    assertThat(plan.imagesInFlight()).isEqualTo(2);
    assertThat(plan.notes())
        .containsExactly(
            "images-in-flight lowered from 4 to 2: the largest image (16x3) takes 3.0 GiB of heap, an executor of 2 tasks has 15.7 GiB.");
  }

  @Test
  void oneLargeImageAmongSmallOnesIsCountedOnce() {
    List<Need> images = new ArrayList<>(images(1, 16, 8));
    images.addAll(images(50, 16, 1));

    FlightPlan plan = plan(4, 8, images, memory(1, 12, 64), Place.OWN_MEMORY);

    assertThat(plan.imagesInFlight()).isEqualTo(4);
    assertThat(plan.notes()).isEmpty();
  }

  @Test
  void whatDoesNotFitAtAllIsSaid() {
    FlightPlan plan = plan(2, 8, images(1, 16, 8), memory(1, 4, 64), Place.OWN_MEMORY);

    assertThat(plan.imagesInFlight()).isEqualTo(1);
    assertThat(plan.readAhead()).isEqualTo(1);
    assertThat(plan.writeBehind()).isEqualTo(1);
    assertThat(plan.notes())
        .containsExactly(
            "images-in-flight lowered from 2 to 1, read-ahead lowered from 2 to 1, write-behind lowered from 2 to 1: the largest image (16x8) takes 8.0 GiB of heap, an executor of 1 tasks has 3.7 GiB.",
            "The largest images may not fit at once: the largest image (16x8) takes 8.0 GiB of heap, an executor of 1 tasks has 3.7 GiB. They may fail with OUT_OF_MEMORY; give an executor more heap or fewer tasks.");
  }

  @Test
  void theTileBatchIsHalvedUntilTheNetworksFit() {
    FlightPlan plan = plan(1, 8, images(5, 16, 1), memory(1, 32, 7), Place.OWN_MEMORY);

    // 2 GiB of weights and 4 tiles fit into 7 GiB less what libtorch takes.
    assertThat(plan.tileBatch()).isEqualTo(4);
    assertThat(plan.notes())
        .containsExactly(
            "tile-batch lowered from 8 to 4: the networks would need 10.0 GiB, an executor has 6.7 GiB of memory beside its heap (spark.executor.memoryOverhead).");
  }

  @Test
  void imagesInFlightFillCallsTogether() {
    // Each has one tile; four of them share a call.
    FlightPlan alone = plan(1, 8, images(5, 1, 1), memory(1, 32, 5), Place.OWN_MEMORY);
    FlightPlan together = plan(4, 8, images(5, 1, 1), memory(1, 32, 5), Place.OWN_MEMORY);

    assertThat(alone.tileBatch()).isEqualTo(8);
    assertThat(together.tileBatch()).isEqualTo(2);
  }

  /** An image is 1 GFLOP of each network; a tile takes 1 GiB beside 2 of weights. */
  @Test
  void callsThatRunAtOnceAreAllCounted() {
    CallsAtOnce small = new CallsAtOnce(8, 3, 1, 2 * GIB);
    CallsAtOnce large = new CallsAtOnce(8, 3, 0.3, 2 * GIB);
    List<Need> images = images(5, 1, 1);

    assertThat(
            List.of(
                deviceGib(9, images, CallsAtOnce.ONE, Place.OWN_MEMORY),
                deviceGib(1, images, small, Place.OWN_MEMORY),
                deviceGib(3, images, small, Place.OWN_MEMORY),
                deviceGib(9, images, small, Place.OWN_MEMORY),
                deviceGib(9, images, large, Place.OWN_MEMORY),
                deviceGib(9, images, small, Place.GPU)))
        .containsExactly(3L, 4L, 8L, 10L, 5L, 3L);
  }

  /** What many small images take may be more than what the largest one takes. */
  @Test
  void smallerTileBatchesCountForCallsAtOnceToo() {
    CallsAtOnce calls = new CallsAtOnce(4, 1, 1, 2 * GIB);
    Memory memory = memory(4, 64, 9).with(calls);

    FlightPlan plan = plan(1, 4, images(5, 4, 1), memory, Place.OWN_MEMORY);

    assertThat(plan.deviceBytes())
        .containsEntry(4, 18 * GIB)
        .containsEntry(2, 10 * GIB)
        .containsEntry(1, 6 * GIB);
    assertThat(plan.tileBatch()).isEqualTo(1);
  }

  private static long deviceGib(int inFlight, List<Need> images, CallsAtOnce calls, Place place) {
    return plan(inFlight, 1, images, memory(2, 32, 64).with(calls), place).deviceBytes().get(1)
        / GIB;
  }

  @Test
  void aGpuIsComparedWhereItIsKnown() {
    FlightPlan plan = plan(1, 8, images(5, 16, 1), memory(1, 32, 1), Place.GPU);

    assertThat(plan.tileBatch()).isEqualTo(8);
    assertThat(plan.onGpu(16 * GIB).tileBatch()).isEqualTo(8);
    assertThat(plan.onGpu(5 * GIB).tileBatch()).isEqualTo(2);
    assertThat(plan.onGpu(2 * GIB).notes())
        .containsExactly(
            "The networks need 3.0 GiB with tile-batch 1; an executor has 2.0 GiB of memory of the GPU. Images may fail with OUT_OF_MEMORY.");
  }

  @Test
  void withoutImagesThereIsNothingToLower() {
    FlightPlan plan = plan(4, 8, List.of(), memory(1, 1, 1), Place.OWN_MEMORY);

    assertThat(plan.imagesInFlight()).isEqualTo(4);
    assertThat(plan.notes()).isEmpty();
  }

  private static FlightPlan plan(
      int inFlight, int tileBatch, List<Need> images, Memory memory, Place place) {
    RunOptions run =
        SettingsReader.run(
            ConfigFactory.parseString("job.images-in-flight = " + inFlight).withFallback(SETTINGS));
    return FlightPlan.of(run, tileBatch, images, COSTS, memory, place);
  }

  private static List<Need> images(int count, int width, int height) {
    return Collections.nCopies(
        count,
        new Need(
            width,
            height,
            SettingsReader.upscale(SETTINGS),
            COSTS.cost(width, height, SettingsReader.upscale(SETTINGS))));
  }

  private static Memory memory(int tasks, int heapGib, int nativeGib) {
    return new Memory(tasks, heapGib * GIB, OptionalLong.of(nativeGib * GIB));
  }
}
