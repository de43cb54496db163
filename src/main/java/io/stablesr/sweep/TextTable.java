package io.stablesr.sweep;

import java.util.ArrayList;
import java.util.List;

/** Rows of texts in columns of equal width; the first row is the head. */
final class TextTable {
  private final List<List<String>> rows = new ArrayList<>();

  void add(String first, String second, String third, List<String> others) {
    List<String> row = new ArrayList<>(List.of(first, second, third));
    row.addAll(others);
    rows.add(row);
  }

  String render() {
    int columns = rows.get(0).size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }
}
