package io.stablesr.job;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.restore.CostModel;
import io.stablesr.restore.ImageCost;
import io.stablesr.restore.UpscaleOptions;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * How many pictures and tiles are in the memory of an executor at a time: as the settings say, or
 * fewer where its largest images would not fit (docs/planning.md, "Memory before the start").
 *
 * @param imagesInFlight images that the networks work on, per task
 * @param readAhead images read ahead, per task
 * @param writeBehind images written behind, per task
 * @param tileBatch tiles per native call
 * @param deviceBytes memory that the networks need, by tile batch; empty where nothing is known
 * @param notes what was lowered and why; what will not fit all the same
 */
public record FlightPlan(
    int imagesInFlight,
    int readAhead,
    int writeBehind,
    int tileBatch,
    SortedMap<Integer, Long> deviceBytes,
    List<String> notes)
    implements Serializable {
  /** Images that are looked at; no executor has more in memory. */
  public static final int LARGEST = 4096;

  private static final long MIB = 1L << 20;

  /** Spark keeps so much of the heap for itself. */
  private static final long SPARK_BYTES = 300 * MIB;

  /** libtorch, threads and class data outside of the heap. */
  private static final long RUNTIME_BYTES = 350 * MIB;

  /** Floats of a picture and the samples it was decoded from. */
  private static final int READ_BYTES_PER_PIXEL = 12 + 4;

  /** Floats of a result and the file that is made of it. */
  private static final int WRITTEN_BYTES_PER_PIXEL = 12 + 8;

  /** Takes copies. */
  public FlightPlan {
    deviceBytes = new TreeMap<>(deviceBytes);
    notes = List.copyOf(notes);
  }

  /**
   * Memory of one executor.
   *
   * @param tasks tasks that run in it at once
   * @param heapBytes its Java heap
   * @param nativeBytes what it may use beside the heap; empty where nobody says
   * @param calls calls that run at once in it
   */
  public record Memory(int tasks, long heapBytes, OptionalLong nativeBytes, CallsAtOnce calls) {
    /** Where calls take turns. */
    public Memory(int tasks, long heapBytes, OptionalLong nativeBytes) {
      this(tasks, heapBytes, nativeBytes, CallsAtOnce.ONE);
    }

    /** The same with calls that run at once. */
    public Memory with(CallsAtOnce otherCalls) {
      return new Memory(tasks, heapBytes, nativeBytes, otherCalls);
    }
  }

  /**
   * An image with what it takes.
   *
   * @param width width of the input in pixels
   * @param height height of the input in pixels
   * @param options its settings
   * @param cost what it takes
   */
  public record Need(int width, int height, UpscaleOptions options, ImageCost cost) {
    @Override
    public String toString() {
      return "%dx%d".formatted(width, height);
    }
  }

  /**
   * A plan.
   *
   * @param largest up to {@link #LARGEST} images, those that need most of the heap first
   * @param device where the networks' memory is: in the executor's own, or on a GPU
   */
  public static FlightPlan of(
      RunOptions run,
      int tileBatch,
      List<Need> largest,
      CostModel costs,
      Memory memory,
      Place device) {
    if (largest.isEmpty()) {
      return new FlightPlan(
          run.imagesInFlight(),
          run.readAhead(),
          run.writeBehind(),
          tileBatch,
          new TreeMap<>(),
          List.of());
    }
    Heap heap = new Heap(run, largest, memory);
    heap.lower();
    int images = heap.inFlight * memory.tasks();
    int sharing = run.imagesInFlight() > 1 ? images : 1;
    CallsAtOnce calls = device == Place.GPU ? CallsAtOnce.ONE : memory.calls();
    Need dearest =
        Collections.max(
            largest, Comparator.comparingLong(need -> calls.bytes(need.cost(), images)));
    SortedMap<Integer, Long> deviceBytes = new TreeMap<>();
    for (int batch = tileBatch; batch >= 1; batch /= 2) {
      deviceBytes.put(
          batch,
          Math.max(
              deviceBytes(largest.get(0), costs, batch, sharing),
              calls.bytes(
                  dearest.cost(),
                  deviceBytes(dearest, costs, batch, calls.share(dearest.cost(), sharing)),
                  images)));
    }
    FlightPlan plan =
        new FlightPlan(
            heap.inFlight,
            heap.ahead,
            heap.behind,
            tileBatch,
            deviceBytes,
            heap.notes(largest.get(0)));
    return device == Place.OWN_MEMORY && memory.nativeBytes().isPresent()
        ? plan.within(
            memory.nativeBytes().getAsLong() - RUNTIME_BYTES,
            "memory beside its heap (spark.executor.memoryOverhead)")
        : plan;
  }

  /** Where the networks' memory is. */
  public enum Place {
    /** In that of the executor. */
    OWN_MEMORY,
    /** On a GPU of which only its executor knows. */
    GPU
  }

  /** The plan on a GPU with so much memory. */
  public FlightPlan onGpu(long bytes) {
    return within(bytes, "memory of the GPU");
  }

  private FlightPlan within(long bytes, String what) {
    int fitting = tileBatch;
    while (fitting > 1 && deviceBytes.getOrDefault(fitting, 0L) > bytes) {
      fitting /= 2;
    }
    List<String> all = new ArrayList<>(notes);
    long needed = deviceBytes.getOrDefault(fitting, 0L);
    if (needed > bytes) {
      all.add(
          "The networks need %s with tile-batch 1; an executor has %s of %s. Images may fail with OUT_OF_MEMORY."
              .formatted(size(needed), size(bytes), what));
    } else if (fitting < tileBatch) {
      all.add(
          "tile-batch lowered from %d to %d: the networks would need %s, an executor has %s of %s."
              .formatted(tileBatch, fitting, size(deviceBytes.get(tileBatch)), size(bytes), what));
    }
    return new FlightPlan(imagesInFlight, readAhead, writeBehind, fitting, deviceBytes, all);
  }

  /** With several images in flight a call holds tiles of them all, as of one larger picture. */
  private static long deviceBytes(Need image, CostModel costs, int batch, int images) {
    UpscaleOptions options =
        image.options().withSampling(image.options().sampling().withTileBatch(batch));
    long wanted = Math.min(batch, image.cost().tiles() * images);
    ImageCost cost = image.cost();
    for (int factor = 1; factor == 1 || (cost.tiles() < wanted && factor <= wanted); factor++) {
      Optional<ImageCost> larger =
          cost(costs, factor * image.width(), factor * image.height(), options);
      if (larger.isEmpty()) {
        break;
      }
      cost = larger.get();
    }
    return cost.deviceBytes();
  }

  private static Optional<ImageCost> cost(
      CostModel costs, int width, int height, UpscaleOptions options) {
    try {
      return Optional.of(costs.cost(width, height, options));
    } catch (StableSrException e) {
      if (e.code() == ErrorCode.IMAGE_TOO_LARGE) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static String size(long bytes) {
    return bytes < 1024 * MIB
        ? "%d MiB".formatted(Math.max(0, bytes) / MIB)
        : String.format(Locale.ROOT, "%.1f GiB", bytes / 1024.0 / MIB);
  }

  /** The heap while settings are lowered. */
  private static final class Heap {
    private final RunOptions run;
    private final List<Need> largest;
    private final int tasks;
    private final long bytes;
    private int inFlight;
    private int ahead;
    private int behind;

    Heap(RunOptions run, List<Need> largest, Memory memory) {
      this.run = run;
      this.largest = largest;
      this.tasks = memory.tasks();
      this.bytes = memory.heapBytes() - SPARK_BYTES;
      this.inFlight = run.imagesInFlight();
      this.ahead = run.readAhead();
      this.behind = run.writeBehind();
    }

    void lower() {
      while (needed() > bytes && (inFlight > 1 || ahead > 1 || behind > 1)) {
        if (inFlight > 1) {
          inFlight--;
        } else {
          ahead = Math.max(1, ahead - 1);
          behind = Math.max(1, behind - 1);
        }
      }
    }

    /** As if the largest images of all met in one executor. */
    private long needed() {
      return first(inFlight).mapToLong(need -> need.cost().hostBytes()).sum()
          + first(ahead).mapToLong(need -> READ_BYTES_PER_PIXEL * need.cost().inputPixels()).sum()
          + first(behind)
              .mapToLong(need -> WRITTEN_BYTES_PER_PIXEL * need.cost().outputPixels())
              .sum();
    }

    private Stream<Need> first(int perTask) {
      return largest.stream().limit((long) tasks * perTask);
    }

    List<String> notes(Need dearest) {
      String why =
          "the largest image (%s) takes %s of heap, an executor of %d tasks has %s"
              .formatted(dearest, size(dearest.cost().hostBytes()), tasks, size(bytes));
      List<String> notes = new ArrayList<>();
      List<String> lowered = new ArrayList<>();
      note(lowered, "images-in-flight", run.imagesInFlight(), inFlight);
      note(lowered, "read-ahead", run.readAhead(), ahead);
      note(lowered, "write-behind", run.writeBehind(), behind);
      if (!lowered.isEmpty()) {
        notes.add("%s: %s.".formatted(String.join(", ", lowered), why));
      }
      if (needed() > bytes) {
        notes.add(
            "The largest images may not fit at once: %s. They may fail with OUT_OF_MEMORY; give an executor more heap or fewer tasks."
                .formatted(why));
      }
      return notes;
    }

    private static void note(List<String> lowered, String name, int before, int after) {
      if (after < before) {
        lowered.add("%s lowered from %d to %d".formatted(name, before, after));
      }
    }
  }
}
