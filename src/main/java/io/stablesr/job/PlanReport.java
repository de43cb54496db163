package io.stablesr.job;

import io.stablesr.restore.UpscaleMethod;
import java.util.ArrayList;
import java.util.List;

/**
 * What a job would do.
 *
 * @param input the input as given
 * @param output the output folder
 * @param model the model and its licence
 * @param method what makes the results
 * @param parameters the settings that decide the work, in a line
 * @param cleaning how inputs are cleaned first; empty where none can be
 * @param images images of the input, without duplicates
 * @param done outputs that exist and that an earlier run's rows call finished
 * @param skipped other outputs that exist, and stay
 * @param tooLarge images beyond a limit
 * @param unreadable images whose headers cannot be read
 * @param duplicateIds images that repeat an id; such a job does not start
 * @param duplicateOutputs images that would overwrite one another; such a job does not start
 * @param leftOut images of an inventory that cannot be taken
 * @param work what is left to do
 * @param memory what one image takes
 * @param partitions how the work would be cut
 * @param devices how long it would take
 * @param notes what else the reader should know
 */
public record PlanReport(
    String input,
    String output,
    String model,
    UpscaleMethod method,
    String parameters,
    String cleaning,
    long images,
    Findings done,
    Findings skipped,
    Findings tooLarge,
    Findings unreadable,
    Findings duplicateIds,
    Findings duplicateOutputs,
    Findings leftOut,
    Work work,
    Memory memory,
    Partitions partitions,
    List<DeviceHours> devices,
    List<String> notes) {
  /** Takes copies. */
  public PlanReport {
    devices = List.copyOf(devices);
    notes = List.copyOf(notes);
  }

  /**
   * Totals over the images that would be upscaled.
   *
   * @param images images
   * @param inputBytes bytes to read, where lengths are known
   * @param inputPixels pixels of the inputs
   * @param outputPixels pixels of the results
   * @param tiles latent tiles per step
   * @param evaluations tile evaluations
   * @param denoiserFlops floating-point operations of the denoiser, and of a network that cleans;
   *     of other networks all
   * @param autoencoderFlops floating-point operations of the autoencoder
   * @param hostSeconds core seconds for reading, decoding, encoding and writing
   */
  public record Work(
      long images,
      long inputBytes,
      long inputPixels,
      long outputPixels,
      long tiles,
      long evaluations,
      double denoiserFlops,
      double autoencoderFlops,
      double hostSeconds) {
    /** Floating-point operations of all networks. */
    public double flops() {
      return denoiserFlops + autoencoderFlops;
    }
  }

  /**
   * Memory of one image at a time.
   *
   * @param medianHostBytes heap of the median image
   * @param mostHostBytes heap of the largest image
   * @param mostHostId the largest image
   * @param mostDeviceBytes weights and activations on the device
   */
  public record Memory(
      long medianHostBytes, long mostHostBytes, String mostHostId, long mostDeviceBytes) {}

  /**
   * Partitions of the work.
   *
   * @param count partitions
   * @param executors tasks that run at once
   * @param totalSeconds planned time of all
   * @param longestSeconds planned time of the longest
   * @param makespanRatio planned end / max(total/executors, longest image)
   */
  public record Partitions(
      int count, int executors, double totalSeconds, double longestSeconds, double makespanRatio) {
    /** The same for packed work. */
    public static Partitions of(List<List<WorkItem>> partitions, int executors) {
      long[] costs = Planner.costs(partitions);
      long largest = 0;
      long total = 0;
      long longest = 0;
      for (int i = 0; i < costs.length; i++) {
        largest = Math.max(largest, partitions.get(i).get(0).cost());
        total += costs[i];
        longest = Math.max(longest, costs[i]);
      }
      double bound = Math.max((double) total / executors, (double) largest);
      return new Partitions(
          costs.length,
          executors,
          total / WorkCost.PER_SECOND,
          longest / WorkCost.PER_SECOND,
          costs.length == 0 ? 1 : Planner.makespan(costs, executors) / bound);
    }
  }

  /**
   * Time on one kind of device.
   *
   * @param device its name
   * @param gflopsPerSecond its speed
   * @param basis {@code measured}, {@code configured}, {@code assumed}, or how it was estimated
   * @param hoursOnOne hours of the networks on one device
   * @param hoursOnAll hours of the networks on as many devices as there are executors
   */
  public record DeviceHours(
      String device, double gflopsPerSecond, String basis, double hoursOnOne, double hoursOnAll) {
    /** The devices of a report: the one that was measured, then the table. */
    public static List<DeviceHours> of(
        double flops, String here, DeviceSpeed speed, int executors) {
      List<DeviceHours> devices = new ArrayList<>();
      devices.add(of(flops, here, speed.gflopsPerSecond(), executors, basis(speed.origin())));
      for (GpuKind gpu : GpuKind.values()) {
        devices.add(
            of(
                flops,
                gpu.label(),
                gpu.assumedGflopsPerSecond(),
                executors,
                "estimate: %.0f %% of %.0f TFLOP/s"
                    .formatted(100 * GpuKind.ASSUMED_EFFICIENCY, gpu.peakTflops())));
      }
      return devices;
    }

    private static DeviceHours of(
        double flops, String device, double gflopsPerSecond, int executors, String basis) {
      double hours = flops / (gflopsPerSecond * 1e9) / 3600;
      return new DeviceHours(device, gflopsPerSecond, basis, hours, hours / executors);
    }

    private static String basis(DeviceSpeed.Origin origin) {
      return switch (origin) {
        case CONFIGURED -> "configured";
        case MEASURED -> "measured";
        case ASSUMED -> "assumed";
      };
    }
  }
}
