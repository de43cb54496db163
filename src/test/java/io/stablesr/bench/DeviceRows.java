package io.stablesr.bench;

import java.util.Locale;

/**
 * Lines of Markdown tables, printed when they are known, so that a run that is cut says something.
 */
final class DeviceRows {
  private DeviceRows() {}

  static void say(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
    System.out.flush();
  }

  static void heading(String what) {
    say("| %s | precision | layout | batch | ms | ms back to back | TFLOP/s | of the peak |", what);
    say("|---|---|---|---|---|---|---|---|");
  }

  /**
   * A row below {@link #heading}.
   *
   * @param what three cells: what, precision and layout
   * @param flops of an evaluation
   * @param peak operations per second that count as all
   */
  static void row(String what, int batch, DeviceTimes times, double flops, double peak) {
    say(
        "| %s | %d | %.2f | %.2f | %.1f | %.2f |",
        what,
        batch,
        1e3 * times.each(),
        1e3 * times.together(),
        flops / times.together() / 1e12,
        flops / times.together() / peak);
  }
}
