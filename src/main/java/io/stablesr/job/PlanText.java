package io.stablesr.job;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonPrimitive;
import com.google.gson.JsonSerializer;
import io.stablesr.restore.UpscaleMethod;
import java.util.Locale;

/** Shows a plan to people and to programs. */
public final class PlanText {
  private PlanText() {}

  /** One JSON object; its keys are the report's components with underscores. */
  public static String json(PlanReport report) {
    return new GsonBuilder()
            .setPrettyPrinting()
            .disableHtmlEscaping()
            .registerTypeAdapter(
                UpscaleMethod.class,
                (JsonSerializer<UpscaleMethod>)
                    (method, type, context) -> new JsonPrimitive(method.word()))
            .setFieldNamingPolicy(FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES)
            .create()
            .toJson(report)
        + "\n";
  }

  /** A table. */
  public static String table(PlanReport report) {
    StringBuilder text = new StringBuilder();
    line(text, "input", report.input());
    line(text, "output", report.output());
    line(text, "model", report.model());
    line(text, "settings", report.parameters());
    if (!report.cleaning().isEmpty()) {
      line(text, "pre-clean", report.cleaning());
    }
    text.append('\n');
    line(text, "images", "%d", report.images());
    line(text, "to do", "%d", report.work().images());
    findings(text, "done", report.done());
    findings(text, "skipped", report.skipped());
    findings(text, "too large", report.tooLarge());
    findings(text, "unreadable", report.unreadable());
    findings(text, "duplicate ids", report.duplicateIds());
    findings(text, "duplicate outputs", report.duplicateOutputs());
    findings(text, "left out", report.leftOut());
    text.append('\n');
    if (report.work().images() == 0) {
      text.append("nothing to do\n");
    } else {
      figures(text, report);
    }
    report.notes().forEach(note -> text.append(note).append('\n'));
    return text.toString();
  }

  private static void figures(StringBuilder text, PlanReport report) {
    work(text, report);
    PlanReport.Memory memory = report.memory();
    line(
        text,
        "memory per image",
        "heap %s (median), %s (largest%s); device %s",
        bytes(memory.medianHostBytes()),
        bytes(memory.mostHostBytes()),
        memory.mostHostId().isEmpty() ? "" : ", " + memory.mostHostId(),
        bytes(memory.mostDeviceBytes()));
    PlanReport.Partitions partitions = report.partitions();
    line(
        text,
        "partitions",
        "%d on %d executors, the longest %s; end / lower bound %.3f",
        partitions.count(),
        partitions.executors(),
        time(partitions.longestSeconds()),
        partitions.makespanRatio());
    if (report.method().hasNetworks()) {
      devices(text, report);
    }
  }

  private static void work(StringBuilder text, PlanReport report) {
    PlanReport.Work work = report.work();
    String pixels =
        "%s to %s megapixels"
            .formatted(number(work.inputPixels() / 1e6), number(work.outputPixels() / 1e6));
    if (report.method().isDiffusion()) {
      line(text, "work", "%s, %d tiles, %d evaluations", pixels, work.tiles(), work.evaluations());
      line(
          text,
          "operations",
          "%s TFLOP denoiser%s, %s TFLOP autoencoder",
          number(work.denoiserFlops() / 1e12),
          report.cleaning().isEmpty() ? "" : " and cleaner",
          number(work.autoencoderFlops() / 1e12));
    } else if (report.method().isNetwork()) {
      line(text, "work", "%s, %d tiles", pixels, work.tiles());
      line(text, "operations", "%s TFLOP", number(work.flops() / 1e12));
    } else {
      line(text, "work", pixels);
    }
    line(
        text,
        "beside the device",
        "%s of one core to read (%s), decode, encode and write",
        time(work.hostSeconds()),
        bytes(work.inputBytes()));
  }

  private static void devices(StringBuilder text, PlanReport report) {
    text.append('\n');
    String row = "%-28s %12s %12s %14s  %s\n";
    text.append(
        row.formatted(
            "device", "TFLOP/s", "on 1", "on " + report.partitions().executors(), "basis"));
    for (PlanReport.DeviceHours device : report.devices()) {
      text.append(
          row.formatted(
              device.device(),
              number(device.gflopsPerSecond() / 1000),
              time(3600 * device.hoursOnOne()),
              time(3600 * device.hoursOnAll()),
              device.basis()));
    }
  }

  private static void findings(StringBuilder text, String name, Findings findings) {
    line(text, name, "%d", findings.count());
    findings.first().forEach(line -> text.append("    ").append(line).append('\n'));
    if (findings.count() > findings.first().size()) {
      text.append("    ... and %d more\n".formatted(findings.count() - findings.first().size()));
    }
  }

  private static void line(StringBuilder text, String name, String format, Object... values) {
    String value = values.length == 0 ? format : String.format(Locale.ROOT, format, values);
    text.append("%-18s %s\n".formatted(name, value));
  }

  private static String number(double value) {
    return String.format(
        Locale.ROOT, value >= 100 || value == 0 ? "%.0f" : value >= 0.1 ? "%.2f" : "%.3g", value);
  }

  /** A time of a length that fits it. */
  public static String time(double seconds) {
    if (seconds < 0.1) {
      return "below 0.1 s";
    }
    if (seconds < 100) {
      return String.format(Locale.ROOT, "%.1f s", seconds);
    }
    return seconds < 6000
        ? String.format(Locale.ROOT, "%.1f min", seconds / 60)
        : String.format(Locale.ROOT, "%.1f h", seconds / 3600);
  }

  private static String bytes(long bytes) {
    return bytes < 1 << 20
        ? String.format(Locale.ROOT, "%.1f KiB", bytes / 1024.0)
        : bytes < 1 << 30
            ? String.format(Locale.ROOT, "%.1f MiB", bytes / 1048576.0)
            : String.format(Locale.ROOT, "%.1f GiB", bytes / 1073741824.0);
  }
}
