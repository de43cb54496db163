package io.stablesr.spark;

import io.stablesr.core.Digests;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.engine.TensorEngine;
import io.stablesr.job.ProgressConsole;
import io.stablesr.job.SoftwareVersion;
import io.stablesr.metric.MetricFile;
import io.stablesr.metric.MetricKind;
import io.stablesr.sweep.MetricChoice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What figures depend on besides pictures.
 *
 * @param settings of the executors
 * @param files SHA-256 of the metrics' weight files, by name
 * @param softwareVersion of this program
 * @param libraries versions of what it computes with
 */
record SweepProtocol(
    ScoreSettings settings,
    Map<String, String> files,
    String softwareVersion,
    Map<String, String> libraries) {
  SweepProtocol {
    files = new TreeMap<>(files);
    libraries = new TreeMap<>(libraries);
  }

  /** Looks for the weight files; a metric without them is named once and left out. */
  static SweepProtocol of(
      MetricChoice choice, int threads, String sparkVersion, ProgressConsole console) {
    List<MetricKind> kinds = new ArrayList<>();
    Map<String, String> files = new TreeMap<>();
    for (MetricKind kind : choice.kinds()) {
      List<MetricFile> missing = new ArrayList<>();
      for (MetricFile file : kind.files()) {
        Path path = choice.weights().map(folder -> folder.resolve(file.fileName())).orElse(null);
        if (path == null || !Files.isRegularFile(path)) {
          missing.add(file);
        } else if (!files.containsKey(file.fileName())) {
          files.put(file.fileName(), sha256(path));
        }
      }
      if (missing.isEmpty()) {
        kinds.add(kind);
      } else {
        console.say(
            "%s is left out: %s not in %s; `stablesr metrics fetch-list` tells where to get it"
                .formatted(
                    kind.label(),
                    missing.stream().map(MetricFile::fileName).collect(Collectors.joining(", ")),
                    choice.weights().map(Path::toString).orElse("sweep.metrics.weights")));
      }
    }
    return new SweepProtocol(
        new ScoreSettings(
            kinds,
            choice.protocol().color(),
            choice.protocol().borderPixels(),
            choice.protocol().tiles().tilePixels(),
            choice.protocol().tiles().overlapPixels(),
            choice.weights().map(Path::toString).orElse(null),
            threads),
        files,
        SoftwareVersion.text(),
        Map.of(
            "java", System.getProperty("java.version", ""),
            "spark", sparkVersion,
            "pytorch", TensorEngine.version()));
  }

  private static String sha256(Path file) {
    try {
      return Digests.sha256(file);
    } catch (IOException e) {
      throw new StableSrException(
          ErrorCode.INPUT_READ, "%s cannot be read: %s".formatted(file, e.getMessage()), e);
    }
  }

  /** 16 hexadecimal digits. */
  String id() {
    return Digests.sha256(
            String.join("|", color(), Integer.toString(settings.borderPixels()), softwareVersion)
                + files
                + tiles())
        .substring(0, 16);
  }

  /** Only where a metric looks at tiles, so that others keep their protocol. */
  private String tiles() {
    return settings.kinds().contains(MetricKind.SEAM)
        ? "|%d|%d".formatted(settings.tilePixels(), settings.overlapPixels())
        : "";
  }

  /** What PSNR and SSIM see, as users write it. */
  String color() {
    return switch (settings.color()) {
      case YCBCR_LUMA -> "ycbcr";
      case YIQ_LUMA -> "yiq";
      case RGB -> "rgb";
    };
  }

  /** What the scores of a result follow from. */
  String scoreId(String outputIdentity, String referenceVersion, String inputVersion) {
    return Digests.sha256(
            String.join(
                "|",
                outputIdentity,
                String.valueOf(referenceVersion),
                settings.lookAtInputs() ? inputVersion : "",
                id(),
                settings.kinds().stream().map(MetricKind::label).collect(Collectors.joining(","))))
        .substring(0, 32);
  }
}
