package io.stablesr.parity;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A report as text, one line for a file and further ones for what needs explaining. */
public final class ReportTable {
  private static final int LISTED_FAILURES = 10;

  /** How much is printed. */
  public enum Detail {
    /** A line for a file, and what needs explaining. */
    FILES,
    /** A line for every comparison too. */
    COMPARISONS
  }

  private final Detail detail;
  private final int fileWidth;
  private final int toleranceWidth;

  private ReportTable(ParityReport report, Detail detail) {
    this.detail = detail;
    fileWidth = width(report, FileResult::file);
    toleranceWidth = width(report, file -> tolerances(file.checks()));
  }

  private static int width(ParityReport report, Function<FileResult, String> cell) {
    return report.files().stream().mapToInt(file -> cell.apply(file).length()).max().orElse(0);
  }

  /** The whole table with the total. */
  public static String render(ParityReport report) {
    return render(report, Detail.FILES);
  }

  /** The table with the total. */
  public static String render(ParityReport report, Detail detail) {
    ReportTable table = new ReportTable(report, detail);
    String rows = report.files().stream().map(table::row).collect(Collectors.joining());
    return table.header() + rows + report.total() + System.lineSeparator();
  }

  private String header() {
    return line("file", "compared", "max abs", "rel L2", "tolerance", "result", "seconds");
  }

  private String row(FileResult file) {
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
    if (detail == Detail.COMPARISONS) {
      file.checks().forEach(check -> text.append(note(comparison(check))));
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
        Optional.of(check.note()).filter(note -> !note.isEmpty()).orElseGet(() -> measured(check));
    return "%s: %s (tolerance %s)".formatted(check.tensor(), measured, check.tolerance());
  }

  private static String comparison(TensorCheck check) {
    return "%s: %s (tolerance %s) %s"
        .formatted(
            check.tensor(), measured(check), check.tolerance(), check.passed() ? "PASS" : "FAIL");
  }

  private static String measured(TensorCheck check) {
    return "max abs %s, rel L2 %s".formatted(number(check.maxAbs()), number(check.relativeL2()));
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
    return "not compared (%d): %s: %s".formatted(names.size(), reason, String.join(", ", names));
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
    String format =
        "%%-%ds  %%8s  %%8s  %%8s  %%-%ds  %%-6s  %%7s"
            .formatted(Math.max(fileWidth, 4), Math.max(toleranceWidth, 9));
    return String.format(
                Locale.ROOT, format, file, compared, maxAbs, relative, tolerance, result, seconds)
            .stripTrailing()
        + System.lineSeparator();
  }
}
