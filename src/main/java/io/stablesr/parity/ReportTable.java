package io.stablesr.parity;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A report as text, one line for a file and further ones for what needs explaining. */
public final class ReportTable {
  private static final int LISTED_FAILURES = 10;
  private static final int LISTED_NAMES = 4;

  private final int fileWidth;

  /** A table of files with names of up to {@code fileWidth} characters. */
  public ReportTable(int fileWidth) {
    this.fileWidth = Math.max(fileWidth, "file".length());
  }

  /** A table that fits all files of a report. */
  public static ReportTable fitting(ParityReport report) {
    return new ReportTable(
        report.files().stream().mapToInt(file -> file.file().length()).max().orElse(0));
  }

  /** The whole table with the total. */
  public String render(ParityReport report) {
    String rows = report.files().stream().map(this::row).collect(Collectors.joining());
    return header() + rows + report.total() + System.lineSeparator();
  }

  /** The column titles. */
  public String header() {
    return line("file", "compared", "max abs", "rel L2", "tolerance", "result", "seconds");
  }

  /** The lines of a file. */
  public String row(FileResult file) {
    if (file.outcome() == FileResult.Outcome.NOT_REPLAYED) {
      return line(file.file(), "", "", "", "", "not replayed: " + file.message(), "");
    }
    StringBuilder text = new StringBuilder();
    text.append(
        line(
            file.file(),
            Integer.toString(file.checks().size()),
            number(file.maxAbs()),
            number(file.relativeL2()),
            tolerances(file.checks()),
            file.outcome().name(),
            String.format(Locale.ROOT, "%.1f", file.elapsedMillis() / 1000.0)));
    if (!file.message().isEmpty()) {
      text.append(note(file.message()));
    }
    for (TensorCheck check : file.failures().stream().limit(LISTED_FAILURES).toList()) {
      text.append(note("FAIL " + failure(check)));
    }
    if (file.failures().size() > LISTED_FAILURES) {
      text.append(note("and %d more".formatted(file.failures().size() - LISTED_FAILURES)));
    }
    omissions(file).forEach((reason, names) -> text.append(note(omitted(reason, names))));
    return text.toString();
  }

  private static String failure(TensorCheck check) {
    String measured =
        Optional.of(check.note())
            .filter(note -> !note.isEmpty())
            .orElse(
                "max abs %s, rel L2 %s"
                    .formatted(number(check.maxAbs()), number(check.relativeL2())));
    return "%s: %s (tolerance %s)".formatted(check.tensor(), measured, check.tolerance());
  }

  private static Map<String, List<String>> omissions(FileResult file) {
    return file.omissions().stream()
        .collect(
            Collectors.groupingBy(
                Omission::reason,
                LinkedHashMap::new,
                Collectors.mapping(Omission::tensor, Collectors.toList())));
  }

  private static String omitted(String reason, List<String> names) {
    String shown = names.stream().limit(LISTED_NAMES).collect(Collectors.joining(", "));
    String more = names.size() > LISTED_NAMES ? ", ..." : "";
    return "not compared (%d): %s: %s%s".formatted(names.size(), reason, shown, more);
  }

  private static String tolerances(List<TensorCheck> checks) {
    return checks.stream()
        .map(TensorCheck::tolerance)
        .distinct()
        .collect(Collectors.joining(" | "));
  }

  private static String number(double value) {
    return value == 0 ? "0" : String.format(Locale.ROOT, "%.2e", value);
  }

  private static String note(String text) {
    return "    " + text + System.lineSeparator();
  }

  private String line(
      String file,
      String compared,
      String maxAbs,
      String relative,
      String tolerance,
      String result,
      String seconds) {
    String format = "%-" + fileWidth + "s  %8s  %8s  %8s  %-25s  %-6s  %7s";
    return String.format(
                Locale.ROOT, format, file, compared, maxAbs, relative, tolerance, result, seconds)
            .stripTrailing()
        + System.lineSeparator();
  }
}
