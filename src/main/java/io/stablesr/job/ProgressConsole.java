package io.stablesr.job;

import java.io.PrintWriter;

/** Shows progress: one line that is redrawn on a terminal, plain lines elsewhere. */
public final class ProgressConsole {
  /** What the text goes to. */
  public enum Kind {
    /** A terminal: a line can be redrawn. */
    TERMINAL,
    /** A file or a pipe: every line stays. */
    PLAIN
  }

  private static final long REDRAW_MILLIS = 500;

  private final PrintWriter out;
  private final Kind kind;
  private final long intervalMillis;
  private long shownAtMillis;
  private int shownLength;
  private String shown = "";

  /**
   * @param intervalSeconds seconds between plain lines; a terminal is redrawn more often
   */
  public ProgressConsole(PrintWriter out, Kind kind, int intervalSeconds) {
    this.out = out;
    this.kind = kind;
    this.intervalMillis = kind == Kind.TERMINAL ? REDRAW_MILLIS : intervalSeconds * 1000L;
  }

  /** Shows a line that stays. */
  public synchronized void say(String line) {
    out.println(line);
    out.flush();
  }

  /** Shows progress unless it was shown a moment ago. */
  public synchronized void update(Progress progress) {
    if (progress.elapsedMillis() - shownAtMillis >= intervalMillis) {
      show(progress);
    }
  }

  /** Shows the last state and leaves the cursor on a new line. */
  public synchronized void finish(Progress progress) {
    show(progress);
    if (kind == Kind.TERMINAL) {
      out.println();
      out.flush();
    }
  }

  private void show(Progress progress) {
    shownAtMillis = progress.elapsedMillis();
    String line = ProgressLine.of(progress);
    if (kind == Kind.TERMINAL) {
      // Blanks wipe what a longer line before left behind.
      out.print("\r" + line + " ".repeat(Math.max(0, shownLength - line.length())));
      shownLength = line.length();
    } else if (!line.equals(shown)) {
      out.println(line);
    }
    shown = line;
    out.flush();
  }
}
