package io.stablesr.degrade;

import static org.assertj.core.api.Assertions.assertThat;

import io.stablesr.core.FloatTensor;
import java.util.function.Consumer;

/** A field that gives recorded numbers and hands the rates it was asked for to a check. */
record RecordedField(FloatTensor numbers, Consumer<FloatTensor> rates) implements RandomField {
  static RecordedField normals(FloatTensor numbers) {
    return new RecordedField(
        numbers,
        rates -> {
          throw new AssertionError("Poisson counts were asked for");
        });
  }

  @Override
  public FloatTensor normal(int draw, int channels, int height, int width) {
    assertThat(numbers.shape()).containsExactly(channels, height, width);
    return numbers;
  }

  @Override
  public FloatTensor poisson(int draw, FloatTensor wanted) {
    rates.accept(wanted);
    assertThat(numbers.shape()).isEqualTo(wanted.shape());
    return numbers;
  }
}
