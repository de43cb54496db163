package io.stablesr.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class HalfPrecisionTest {
  @Test
  void everyHalfSurvivesTheRoundTrip() {
    for (int bits = 0; bits <= 0xffff; bits++) {
      float f16 = HalfPrecision.fromF16((short) bits);
      float bf16 = HalfPrecision.fromBf16((short) bits);
      if (Float.isNaN(f16)) {
        assertThat(HalfPrecision.fromF16(HalfPrecision.toF16(f16))).isNaN();
      } else {
        assertThat(HalfPrecision.toF16(f16)).isEqualTo((short) bits);
      }
      if (Float.isNaN(bf16)) {
        assertThat(HalfPrecision.fromBf16(HalfPrecision.toBf16(bf16))).isNaN();
      } else {
        assertThat(HalfPrecision.toBf16(bf16)).isEqualTo((short) bits);
      }
    }
  }

  @Test
  void knownValues() {
    assertThat(HalfPrecision.fromF16((short) 0x3c00)).isEqualTo(1);
    assertThat(HalfPrecision.fromF16((short) 0xc000)).isEqualTo(-2);
    assertThat(HalfPrecision.fromF16((short) 0x7bff)).isEqualTo(65504);
    assertThat(HalfPrecision.fromF16((short) 0x0001)).isEqualTo(0x1p-24f);
    assertThat(HalfPrecision.fromF16((short) 0xfc00)).isEqualTo(Float.NEGATIVE_INFINITY);
    assertThat(HalfPrecision.toF16(65519.99f)).isEqualTo((short) 0x7bff);
    assertThat(HalfPrecision.toF16(65520)).isEqualTo((short) 0x7c00);
    assertThat(HalfPrecision.toF16(0x1p-25f)).isEqualTo((short) 0);
    assertThat(HalfPrecision.toF16(0x1.8p-25f)).isEqualTo((short) 1);
    assertThat(HalfPrecision.toBf16(Float.MAX_VALUE)).isEqualTo((short) 0x7f80);
    assertThat(HalfPrecision.toBf16(1 + 0x1p-8f)).isEqualTo((short) 0x3f80);
    assertThat(HalfPrecision.toBf16(1 + 0x1.8p-7f)).isEqualTo((short) 0x3f82);
  }

  @Test
  void narrowingGoesToTheNearestNeighbour() {
    Random random = new Random(20);
    for (int i = 0; i < 100_000; i++) {
      float value = (float) (random.nextGaussian() * Math.pow(2, random.nextInt(40) - 26));
      if (Math.abs(value) < 65504) {
        int magnitude = HalfPrecision.toF16(Math.abs(value));
        double error = Math.abs(HalfPrecision.fromF16((short) magnitude) - Math.abs(value));
        double above = HalfPrecision.fromF16((short) (magnitude + 1)) - Math.abs(value);
        assertThat(error).isLessThanOrEqualTo(Math.abs(above));
        if (magnitude > 0) {
          double below = Math.abs(value) - HalfPrecision.fromF16((short) (magnitude - 1));
          assertThat(error).isLessThanOrEqualTo(Math.abs(below));
        }
      }
    }
  }
}
