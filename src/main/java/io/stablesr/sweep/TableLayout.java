package io.stablesr.sweep;

import java.util.List;
import java.util.Optional;

/**
 * A table of means that is printed after a sweep.
 *
 * @param title its title
 * @param grids grids whose configurations are its rows
 * @param methods baselines and external methods that are rows too
 * @param columns metrics, by their names in the summary
 * @param published name of the table of {@link PublishedFigures} that is put beside it
 * @param note what a reader has to know; may be empty
 */
public record TableLayout(
    String title,
    List<String> grids,
    List<String> methods,
    List<String> columns,
    Optional<String> published,
    String note) {
  /** Copies the lists. */
  public TableLayout {
    grids = List.copyOf(grids);
    methods = List.copyOf(methods);
    columns = List.copyOf(columns);
  }
}
