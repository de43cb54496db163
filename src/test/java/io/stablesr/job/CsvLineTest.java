package io.stablesr.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class CsvLineTest {
  @Test
  void fieldsAreQuotedWhereTheyHaveToBe() {
    assertThat(CsvLine.of(Arrays.asList("a b", 1.5, null, "x,y", "say \"no\"", "two\nlines")))
        .isEqualTo("a b,1.5,,\"x,y\",\"say \"\"no\"\"\",\"two\nlines\"\n");
  }
}
